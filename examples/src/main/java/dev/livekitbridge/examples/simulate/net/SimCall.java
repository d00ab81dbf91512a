package dev.livekitbridge.examples.simulate.net;

import dev.livekitbridge.proto.AudioChunk;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call as its client has it, and with {@link Served} as its server has it. */
final class SimCall<Q, A> extends ClientCall<Q, A> {
  private final SimNetwork network;
  private final SimChannel channel;
  private final SimProcess client;
  private final MethodDescriptor<Q, A> method;
  private final CallOptions options;
  private final CallTag tag;
  private final Outlet requests = new Outlet(this::tellReady);
  private final Inlet<A> answers;
  private Listener<A> listener = new Listener<>() {};
  private @Nullable SimConnection connection;
  private @Nullable Served served;
  private VirtualTime.@Nullable Event deadline;
  private boolean over;

  SimCall(SimChannel channel, Host to, MethodDescriptor<Q, A> method, CallOptions options) {
    this.network = channel.network();
    this.channel = channel;
    this.client = channel.client();
    this.method = method;
    this.options = options;
    String name = method.getBareMethodName();
    this.tag = new CallTag(name == null ? "" : name, channel.from(), to, client);
    this.answers = new Inlet<>(this::take, this::creditServer, network.windowBytes() / 2);
  }

  /** Rough, and cheap. */
  static int bytes(Object message) {
    return message instanceof AudioChunk chunk ? 40 + chunk.getPcmData().size() : 200;
  }

  @Override
  public void start(Listener<A> hears, Metadata headers) {
    listener = hears;
    Deadline until = options.getDeadline();
    if (until != null) {
      Status late = Status.DEADLINE_EXCEEDED.withDescription("no answer in time");
      deadline =
          network
              .time()
              .after(until.timeRemaining(TimeUnit.NANOSECONDS), client, () -> giveUp(late));
    }
    channel.start(this);
  }

  /** There is a connection for it. */
  void connected(SimConnection on) {
    connection = on;
    on.add(this);
    on.there().send(() -> serve(on));
    requests.open(on.there(), network.windowBytes());
  }

  @Override
  public void request(int messages) {
    answers.request(messages, network.time(), client);
  }

  @Override
  public boolean isReady() {
    return !over && requests.isReady();
  }

  @Override
  public void sendMessage(Q message) {
    if (!over) {
      network.observer().clientSends(tag, message);
      requests.send(() -> arriveAtServer(message), bytes(message));
    }
  }

  @Override
  public void halfClose() {
    if (!over) {
      requests.send(this::halfCloseAtServer, 0);
    }
  }

  @Override
  public void cancel(@Nullable String why, @Nullable Throwable cause) {
    giveUp(Status.CANCELLED.withDescription(why));
  }

  /** Its connection is gone, or there never was one. */
  void lostAtClient(Status status) {
    answers.end(() -> close(status, new Metadata()));
    requests.close();
  }

  void lostAtServer() {
    Served of = served;
    if (of != null) {
      of.cancelled();
    }
    if (over) {
      // Else the client has still to hear of it, when it loses the connection.
      forget();
    }
  }

  /** Ends it at the client, and tells the server. */
  void giveUp(Status status) {
    if (over) {
      return;
    }
    SimConnection on = connection;
    if (on != null && on.there().isOpen()) {
      on.there().send(this::lostAtServer);
    }
    close(status, new Metadata());
  }

  private void close(Status status, Metadata trailers) {
    if (over) {
      return;
    }
    over = true;
    answers.close();
    requests.close();
    if (deadline != null) {
      deadline.cancel();
    }
    if (served == null || served.done || served.cancelled) {
      forget();
    }
    channel.forget(this);
    network.observer().ended(tag, true, status.getCode().name());
    network.time().after(0, client, () -> listener.onClose(status, trailers));
  }

  private void forget() {
    if (connection != null) {
      connection.remove(this);
    }
  }

  private void take(A message) {
    if (!over) {
      network.observer().clientTakes(tag, message);
      listener.onMessage(message);
    }
  }

  private void tellReady() {
    network
        .time()
        .after(
            0,
            client,
            () -> {
              if (isReady()) {
                listener.onReady();
              }
            });
  }

  private void creditServer(long bytes) {
    Served of = served;
    SimConnection on = connection;
    if (of != null && on != null && on.there().isOpen()) {
      on.there().send(() -> of.responses.credit(bytes));
    }
  }

  private void creditClient(long bytes) {
    SimConnection on = connection;
    if (on != null && on.back().isOpen()) {
      on.back().send(() -> requests.credit(bytes));
    }
  }

  // The definition under a method's name is of that method's types.
  @SuppressWarnings("unchecked")
  private void serve(SimConnection on) {
    SimServer server = on.server();
    if (server == null) {
      return;
    }
    tag.servedBy(server.process());
    ServerMethodDefinition<Q, A> found =
        (ServerMethodDefinition<Q, A>) server.method(method.getFullMethodName());
    if (found == null) {
      throw new IllegalStateException("nobody serves " + method.getFullMethodName());
    }
    Served of = new Served(on, server.process());
    served = of;
    tag.serverReady(of::isReady);
    of.hears = found.getServerCallHandler().startCall(of, new Metadata());
    of.hears.onReady();
  }

  private void arriveAtServer(Q message) {
    Served of = served;
    if (of != null) {
      of.questions.arrive(message, bytes(message));
    }
  }

  private void halfCloseAtServer() {
    Served of = served;
    if (of != null) {
      of.questions.end(() -> of.hears.onHalfClose());
    }
  }

  /** The call as its server has it. */
  private final class Served extends ServerCall<Q, A> {
    private final SimProcess process;
    private final Inlet<Q> questions;
    private final Outlet responses;
    private ServerCall.Listener<Q> hears = new ServerCall.Listener<>() {};
    private boolean cancelled;
    private boolean done;

    Served(SimConnection on, SimProcess process) {
      this.process = process;
      this.questions =
          new Inlet<>(this::take, SimCall.this::creditClient, network.windowBytes() / 2);
      this.responses = new Outlet(this::tellReady);
      responses.open(on.back(), network.windowBytes());
    }

    void cancelled() {
      if (!cancelled && !done) {
        cancelled = true;
        questions.close();
        responses.close();
        network.observer().ended(tag, false, "cancelled");
        hears.onCancel();
      }
    }

    @Override
    public void request(int messages) {
      questions.request(messages, network.time(), process);
    }

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(A message) {
      if (!cancelled && !done) {
        network.observer().serverSends(tag, message);
        responses.send(() -> answers.arrive(message, bytes(message)), bytes(message));
      }
    }

    @Override
    public boolean isReady() {
      return !cancelled && !done && responses.isReady();
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (cancelled || done) {
        return;
      }
      done = true;
      questions.close();
      network.observer().ended(tag, false, status.getCode().name());
      responses.send(() -> answers.end(() -> SimCall.this.close(status, trailers)), 0);
      network.time().after(0, process, () -> hears.onComplete());
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }

    @Override
    public Attributes getAttributes() {
      return Attributes.EMPTY;
    }

    @Override
    public @Nullable String getAuthority() {
      return tag.to().name();
    }

    @Override
    public MethodDescriptor<Q, A> getMethodDescriptor() {
      return method;
    }

    private void take(Q message) {
      if (!cancelled && !done) {
        network.observer().serverTakes(tag, message);
        hears.onMessage(message);
      }
    }

    private void tellReady() {
      network
          .time()
          .after(
              0,
              process,
              () -> {
                if (isReady()) {
                  hears.onReady();
                }
              });
    }
  }
}
