package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.testing.FakeClock;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.BridgeStatusResponse;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LeaveRoomResponse;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.proto.StopAudioResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A network on virtual time: every message takes a millisecond, in order on its connection. A
 * bridge can be away (refuses), in a black hole (what is sent arrives when it heals, if anyone is
 * still there) or fine.
 */
final class FakeNetwork implements Transport {
  private static final long LATENCY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long KEEPALIVE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final FakeClock clock;
  final Map<String, ModelBridge> bridges = new LinkedHashMap<>();
  final List<FakeConnection> connections = new ArrayList<>();
  final List<Playing> playing = new ArrayList<>();
  boolean closed;

  FakeNetwork(FakeClock clock) {
    this.clock = clock;
  }

  ModelBridge bridge(String target) {
    return bridges.computeIfAbsent(target, t -> new ModelBridge(clock));
  }

  /** The process of the bridge dies: its connections break. */
  void kill(String target) {
    ModelBridge bridge = bridge(target);
    bridge.die();
    for (FakeConnection connection : List.copyOf(connections)) {
      if (connection.target.equals(target)) {
        connection.breakDown("UNAVAILABLE: the peer is gone");
      }
    }
  }

  /** A new process listens on the port. */
  void revive(String target) {
    bridge(target).live();
  }

  /** Nothing gets through in either direction, and nobody is told. */
  void blackHole(String target, boolean on) {
    bridge(target).blackHole = on;
    if (!on) {
      connections.stream().filter(c -> c.target.equals(target)).forEach(FakeConnection::flush);
    }
  }

  long openConnections() {
    return connections.stream().filter(c -> !c.over).count();
  }

  @Override
  public Connection connect(String target) {
    FakeConnection connection = new FakeConnection(target, bridge(target));
    connections.add(connection);
    return connection;
  }

  @Override
  public void close() {
    closed = true;
    connections.forEach(FakeConnection::close);
  }

  static Failure gone(boolean stream, String detail) {
    FaultCause cause = stream ? FaultCause.STREAM_BROKEN : FaultCause.UNREACHABLE;
    return Failure.transport(Fault.of(cause, detail));
  }

  /** Messages in one direction of one connection: late, in order, held in a black hole. */
  private final class Wire {
    private final FakeConnection connection;
    private final List<Runnable> held = new ArrayList<>();

    Wire(FakeConnection connection) {
      this.connection = connection;
    }

    void send(Runnable arrival) {
      clock.scheduler().schedule(() -> arrive(arrival), LATENCY_NANOS, TimeUnit.NANOSECONDS);
    }

    private void arrive(Runnable arrival) {
      if (connection.over) {
        return;
      }
      if (connection.stuck || connection.bridge.blackHole || !held.isEmpty()) {
        held.add(arrival);
      } else {
        arrival.run();
      }
    }

    void flush() {
      List<Runnable> now = List.copyOf(held);
      held.clear();
      now.forEach(this::arrive);
    }
  }

  final class FakeConnection implements Connection {
    final String target;
    final ModelBridge bridge;
    private final Wire out = new Wire(this);
    private final Wire back = new Wire(this);
    private final List<Consumer<String>> onBreak = new ArrayList<>();
    private boolean up;
    private boolean wasUp;
    private boolean retired;
    boolean stuck;
    boolean over;

    FakeConnection(String target, ModelBridge bridge) {
      this.target = target;
      this.bridge = bridge;
    }

    @Override
    public boolean isUp() {
      return up && !over;
    }

    @Override
    public boolean wasUp() {
      return wasUp;
    }

    void flush() {
      out.flush();
      back.flush();
    }

    void breakDown(String why) {
      up = false;
      List<Consumer<String>> told = List.copyOf(onBreak);
      onBreak.clear();
      clock
          .scheduler()
          .schedule(() -> told.forEach(t -> t.accept(why)), LATENCY_NANOS, TimeUnit.NANOSECONDS);
    }

    @Override
    public Call join(JoinRoomRequest request, long deadline, Reply<JoinRoomResponse> reply) {
      Unary<JoinRoomResponse> call = new Unary<>(this, reply, deadline);
      out.send(() -> call.arrived(() -> bridge.join(request, call::answer)));
      return call;
    }

    @Override
    public Call leave(LeaveRoomRequest request, long deadline, Reply<LeaveRoomResponse> reply) {
      Unary<LeaveRoomResponse> call = new Unary<>(this, reply, deadline);
      out.send(() -> call.arrived(() -> call.answer(bridge.leave(request))));
      return call;
    }

    @Override
    public Call health(long deadline, Reply<HealthCheckResponse> reply) {
      Unary<HealthCheckResponse> call = new Unary<>(this, reply, deadline);
      out.send(() -> call.arrived(() -> call.answer(bridge.health())));
      return call;
    }

    @Override
    public Call status(
        BridgeStatusRequest request, long deadline, Reply<BridgeStatusResponse> reply) {
      Unary<BridgeStatusResponse> call = new Unary<>(this, reply, deadline);
      out.send(() -> call.arrived(() -> call.answer(bridge.status(request))));
      return call;
    }

    @Override
    public Call play(PlayAudioRequest request, EventListener<PlayAudioEvent> listener) {
      Playing call = new Playing(this, request, listener);
      playing.add(call);
      return call;
    }

    @Override
    public Call stop(StopAudioRequest request, long deadline, Reply<StopAudioResponse> reply) {
      Unary<StopAudioResponse> call = new Unary<>(this, reply, deadline);
      out.send(() -> call.arrived(() -> call.answer(bridge.stop(request))));
      return call;
    }

    @Override
    public StreamCall stream(StreamListener listener) {
      return new FakeStream(this, listener);
    }

    @Override
    public void retire() {
      retired = true;
    }

    @Override
    public void close() {
      if (!over) {
        over = true;
        breakDown("the channel was closed");
      }
    }

    void tellBridgeLater(long nanos, Runnable what) {
      clock.scheduler().schedule(what, nanos, TimeUnit.NANOSECONDS);
    }

    private @Nullable String refusal() {
      if (over || retired) {
        return "UNAVAILABLE: the channel is shut down";
      }
      return bridge.alive ? null : "UNAVAILABLE: connection refused";
    }
  }

  private final class Unary<A> implements Call {
    private final FakeConnection connection;
    private final Reply<A> reply;
    private final Consumer<String> broken = this::fail;
    private final java.util.concurrent.ScheduledFuture<?> deadline;
    private final int life;
    private boolean over;

    Unary(FakeConnection connection, Reply<A> reply, long deadlineNanos) {
      this.connection = connection;
      this.reply = reply;
      this.life = connection.bridge.life;
      connection.onBreak.add(broken);
      deadline =
          clock
              .scheduler()
              .schedule(() -> fail("DEADLINE_EXCEEDED"), deadlineNanos, TimeUnit.NANOSECONDS);
    }

    /** The request is at the bridge. */
    void arrived(Runnable work) {
      String refusal = connection.refusal();
      if (refusal != null) {
        fail(refusal);
      } else if (!over && life == connection.bridge.life) {
        connection.up = true;
        connection.wasUp = true;
        work.run();
      }
    }

    void answer(A answer) {
      connection.back.send(
          () -> {
            if (end()) {
              reply.onAnswer(answer);
            }
          });
    }

    private void fail(String why) {
      if (end()) {
        reply.onFailure(gone(false, why));
      }
    }

    private boolean end() {
      boolean first = !over;
      over = true;
      deadline.cancel(false);
      connection.onBreak.remove(broken);
      return first;
    }

    @Override
    public void cancel() {
      fail("CANCELLED");
    }
  }

  /** A call of PlayAudio: the client's side of it, and the bridge's. */
  static final class Playing implements Call, ModelPlayer.Listener {
    private final FakeConnection connection;
    private final EventListener<PlayAudioEvent> listener;
    private final Consumer<String> broken;
    private @Nullable Runnable undo;
    private boolean cancelled;
    private boolean ended;

    /** What the bridge says does not come through. */
    boolean deaf;

    Playing(
        FakeConnection connection,
        PlayAudioRequest request,
        EventListener<PlayAudioEvent> listener) {
      this.connection = connection;
      this.listener = listener;
      int life = connection.bridge.life;
      this.broken =
          why -> {
            if (life == connection.bridge.life) {
              lost();
            }
            end(gone(false, why));
          };
      connection.onBreak.add(broken);
      connection.out.send(
          () -> {
            String refusal = connection.refusal();
            if (refusal != null) {
              end(gone(false, refusal));
            } else if (!cancelled && !ended && life == connection.bridge.life) {
              connection.up = true;
              connection.wasUp = true;
              undo = connection.bridge.play(request, this);
              if (undo == null) {
                event(ModelPlayer.noSession(request));
                end();
              }
            }
          });
    }

    @Override
    public void event(PlayAudioEvent event) {
      connection.back.send(
          () -> {
            if (!ended && !deaf) {
              listener.onEvent(event);
            }
          });
    }

    @Override
    public void end() {
      connection.back.send(
          () -> end(new Failure(Fault.of(FaultCause.JOIN_REFUSED, "the end"), false, true, 0)));
    }

    @Override
    public void cancel() {
      if (!cancelled && !ended) {
        cancelled = true;
        boolean heard = !connection.stuck && !connection.bridge.blackHole;
        connection.tellBridgeLater(heard ? LATENCY_NANOS : KEEPALIVE_NANOS, this::lost);
        end(gone(false, "CANCELLED"));
      }
    }

    /** The call breaks, its connection does not. */
    void breakAlone() {
      lost();
      end(gone(false, "INTERNAL: RST_STREAM"));
    }

    private void lost() {
      Runnable undoing = undo;
      undo = null;
      if (undoing != null) {
        undoing.run();
      }
    }

    private void end(Failure failure) {
      connection.onBreak.remove(broken);
      if (!ended) {
        ended = true;
        listener.onEnd(failure);
      }
    }
  }

  /** A stream: the client's side of it, and the bridge's. */
  static final class FakeStream implements StreamCall, ModelBridge.Peer {
    private final FakeConnection connection;
    private final StreamListener listener;
    private final Consumer<String> broken;
    private final int life;
    private ModelBridge.@Nullable StreamEnd bridgeEnd;
    private boolean over;
    private boolean ended;
    boolean ready = true;

    FakeStream(FakeConnection connection, StreamListener listener) {
      this.connection = connection;
      this.listener = listener;
      this.life = connection.bridge.life;
      this.broken =
          why -> {
            if (bridgeEnd != null && life == connection.bridge.life) {
              bridgeEnd.broken();
            }
            finish(gone(true, why));
          };
      connection.onBreak.add(broken);
      connection.out.send(
          () -> {
            String refusal = connection.refusal();
            if (refusal != null) {
              finish(gone(true, refusal));
            } else if (!over && life == connection.bridge.life) {
              connection.up = true;
              connection.wasUp = true;
              bridgeEnd = connection.bridge.open(this);
              connection.back.send(listener::onReady);
            }
          });
    }

    @Override
    public boolean isReady() {
      return !over && ready && bridgeEnd != null;
    }

    @Override
    public void send(AudioChunk chunk) {
      connection.out.send(
          () -> {
            if (bridgeEnd != null && life == connection.bridge.life) {
              bridgeEnd.chunk(chunk);
            }
          });
    }

    @Override
    public void request(int chunks) {}

    @Override
    public void halfClose() {
      connection.out.send(
          () -> {
            if (bridgeEnd != null && life == connection.bridge.life) {
              bridgeEnd.halfClosed();
            }
          });
    }

    @Override
    public void cancel(String why) {
      if (!over) {
        over = true;
        connection.onBreak.remove(broken);
        // Where nothing gets through, the bridge notices by its keepalive.
        boolean heard = !connection.stuck && !connection.bridge.blackHole;
        connection.tellBridgeLater(
            heard ? LATENCY_NANOS : KEEPALIVE_NANOS,
            () -> {
              if (bridgeEnd != null && life == connection.bridge.life) {
                bridgeEnd.broken();
              }
            });
      }
    }

    @Override
    public void toClient(AudioChunk chunk) {
      connection.back.send(
          () -> {
            if (!over) {
              listener.onChunk(chunk);
            }
          });
    }

    @Override
    public void endToClient(@Nullable CloseReason reason) {
      connection.back.send(
          () ->
              finish(
                  new Failure(
                      new Fault(
                          FaultCause.STREAM_ENDED,
                          java.util.Optional.ofNullable(reason),
                          "ended by the bridge"),
                      false,
                      reason == null || reason == CloseReason.LEFT,
                      0)));
    }

    /** The end comes once, also to a client that has cancelled meanwhile. */
    private void finish(Failure failure) {
      over = true;
      connection.onBreak.remove(broken);
      if (!ended) {
        ended = true;
        listener.onEnd(failure);
      }
    }
  }
}
