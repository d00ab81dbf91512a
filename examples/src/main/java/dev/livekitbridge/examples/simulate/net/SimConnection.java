package dev.livekitbridge.examples.simulate.net;

import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection of a channel to a server: its two lanes, its calls, and what each end knows. */
final class SimConnection {
  private static final long KEEPALIVE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final SimNetwork network;
  private final SimChannel channel;
  private final Host from;
  private final SimProcess client;
  private final Host to;
  private final Lane there;
  private final Lane back;
  private final List<SimCall<?, ?>> calls = new ArrayList<>();
  private @Nullable SimServer server;
  private boolean overAtClient;
  private boolean overAtServer;

  SimConnection(SimNetwork network, SimChannel channel, Host from, SimProcess client, Host to) {
    this.network = network;
    this.channel = channel;
    this.from = from;
    this.client = client;
    this.to = to;
    SimNetwork.Path path = network.path(from.name(), to.name());
    this.there = new Lane(network, path.there(), this::resetAtClient);
    this.back = new Lane(network, path.back(), this::resetAtServer);
    back.readBy(client);
    overAtServer = true;
    there.send(this::accept);
  }

  Lane there() {
    return there;
  }

  Lane back() {
    return back;
  }

  @Nullable SimServer server() {
    return server;
  }

  boolean isOver() {
    return overAtClient && overAtServer;
  }

  boolean isBetween(String a, String b) {
    return from.name().equals(a) && to.name().equals(b);
  }

  void add(SimCall<?, ?> call) {
    calls.add(call);
  }

  void remove(SimCall<?, ?> call) {
    calls.remove(call);
  }

  /** Both ways are gone; who is not told finds out by sending, or by the keepalive. */
  void cut(boolean tellClient, boolean tellServer) {
    there.breakDown();
    back.breakDown();
    if (tellClient) {
      later(this::breakAtClient);
    }
    if (tellServer) {
      later(this::breakAtServer);
    }
  }

  void processDied(Host host, boolean power) {
    if (host == from && !client.isAlive() && !overAtClient) {
      overAtClient = true;
      died(there, back, power, this::breakAtServer);
    }
    SimServer of = server;
    if (host == to && of != null && !of.process().isAlive() && !overAtServer) {
      overAtServer = true;
      died(back, there, power, this::breakAtClient);
    }
  }

  /** The client's process gives it up: what it sent before still arrives. */
  void closedByClient() {
    if (!overAtClient) {
      overAtClient = true;
      there.sendLast(this::breakAtServer);
      back.breakDown();
    }
  }

  private void died(Lane fromDead, Lane toDead, boolean power, Runnable tell) {
    toDead.breakDown();
    if (power && fromDead.isOpen()) {
      fromDead.sendLast(tell);
    } else {
      fromDead.breakDown();
    }
  }

  private void accept() {
    SimServer found = network.serverAt(to);
    if (found == null) {
      if (to.isUp()) {
        back.send(this::breakAtClient);
      }
      return;
    }
    server = found;
    overAtServer = false;
    there.readBy(found.process());
    back.send(
        () -> {
          if (!overAtClient) {
            channel.connected(this);
          }
        });
    keepAlive();
  }

  private void keepAlive() {
    SimServer of = server;
    if (of == null || overAtServer) {
      return;
    }
    long silence = network.time().nanoTime() - there.heardNanos();
    if (silence >= 2 * KEEPALIVE_NANOS - 1) {
      back.sendLast(this::breakAtClient);
      breakAtServer();
      return;
    }
    if (silence >= KEEPALIVE_NANOS - 1 && back.isOpen()) {
      back.send(() -> there.send(() -> {}));
    }
    network.time().after(KEEPALIVE_NANOS, of.process(), this::keepAlive);
  }

  private void resetAtClient() {
    if (to.isUp() && !network.path(from.name(), to.name()).back().isHeld()) {
      breakAtClient();
    }
  }

  private void resetAtServer() {
    if (from.isUp() && !network.path(from.name(), to.name()).there().isHeld()) {
      breakAtServer();
    }
  }

  private void breakAtClient() {
    if (overAtClient) {
      return;
    }
    overAtClient = true;
    there.breakDown();
    channel.lost(this);
    Status gone = Status.UNAVAILABLE.withDescription("the connection is gone");
    client.run(() -> List.copyOf(calls).forEach(call -> call.lostAtClient(gone)));
  }

  private void breakAtServer() {
    if (overAtServer) {
      return;
    }
    overAtServer = true;
    back.breakDown();
    SimServer of = server;
    if (of != null) {
      of.process().run(() -> List.copyOf(calls).forEach(SimCall::lostAtServer));
    }
  }

  private void later(Runnable what) {
    network
        .time()
        .after(network.path(from.name(), to.name()).back().delayNanos, network.process(), what);
  }
}
