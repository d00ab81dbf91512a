package dev.livekitbridge.examples.simulate.net;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A channel: connects when a call needs it, and waits a second after it could not. */
final class SimChannel extends ManagedChannel {
  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final SimNetwork network;
  private final Host from;
  private final SimProcess client;
  private final Host to;
  private final List<SimCall<?, ?>> waiting = new ArrayList<>();
  private final List<SimCall<?, ?>> running = new ArrayList<>();
  private final List<Runnable> watchers = new ArrayList<>();
  private @Nullable SimConnection connection;
  private boolean up;
  private boolean failed;
  private long failedNanos;
  private boolean shutdown;

  SimChannel(SimNetwork network, Host from, SimProcess client, Host to) {
    this.network = network;
    this.from = from;
    this.client = client;
    this.to = to;
  }

  SimNetwork network() {
    return network;
  }

  Host from() {
    return from;
  }

  SimProcess client() {
    return client;
  }

  void start(SimCall<?, ?> call) {
    long now = network.time().nanoTime();
    SimConnection on = connection;
    if (shutdown) {
      call.lostAtClient(Status.UNAVAILABLE.withDescription("the channel is shut down"));
    } else if (on != null && up) {
      running.add(call);
      call.connected(on);
    } else if (on != null) {
      waiting.add(call);
    } else if (failed && now - failedNanos < PAUSE_NANOS) {
      call.lostAtClient(Status.UNAVAILABLE.withDescription("the last connect failed"));
    } else {
      waiting.add(call);
      SimConnection made = network.connect(this, from, client, to);
      connection = made;
      changed();
      network
          .time()
          .after(
              CONNECT_NANOS,
              client,
              () -> {
                if (connection == made && !up) {
                  made.closedByClient();
                  lost(made);
                }
              });
    }
  }

  void forget(SimCall<?, ?> call) {
    waiting.remove(call);
    running.remove(call);
  }

  void connected(SimConnection on) {
    if (on != connection) {
      on.closedByClient();
      return;
    }
    up = true;
    failed = false;
    changed();
    List<SimCall<?, ?>> calls = List.copyOf(waiting);
    waiting.clear();
    running.addAll(calls);
    calls.forEach(call -> call.connected(on));
  }

  /** The connection is gone, or could not be made. */
  void lost(SimConnection on) {
    if (on != connection) {
      return;
    }
    failed = !up;
    failedNanos = network.time().nanoTime();
    connection = null;
    up = false;
    changed();
    running.clear();
    Status refused = Status.UNAVAILABLE.withDescription("cannot connect to " + to.name());
    List<SimCall<?, ?>> calls = List.copyOf(waiting);
    waiting.clear();
    client.run(() -> calls.forEach(call -> call.lostAtClient(refused)));
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return new SimCall<>(this, to, method, options);
  }

  @Override
  public ManagedChannel shutdown() {
    shutdown = true;
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    shutdown = true;
    Status closed = Status.UNAVAILABLE.withDescription("the channel was closed");
    List.copyOf(waiting).forEach(call -> call.giveUp(closed));
    List.copyOf(running).forEach(call -> call.giveUp(closed));
    running.clear();
    SimConnection on = connection;
    connection = null;
    up = false;
    if (on != null) {
      on.closedByClient();
    }
    return this;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && connection == null;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }

  @Override
  public ConnectivityState getState(boolean requestConnection) {
    if (shutdown) {
      return ConnectivityState.SHUTDOWN;
    }
    if (up) {
      return ConnectivityState.READY;
    }
    return connection != null ? ConnectivityState.CONNECTING : ConnectivityState.IDLE;
  }

  @Override
  public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
    if (getState(false) == source) {
      watchers.add(callback);
    } else {
      callback.run();
    }
  }

  private void changed() {
    List<Runnable> now = List.copyOf(watchers);
    watchers.clear();
    now.forEach(Runnable::run);
  }

  @Override
  public String authority() {
    return to.name();
  }
}
