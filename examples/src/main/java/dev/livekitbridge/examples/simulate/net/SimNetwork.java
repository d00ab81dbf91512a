package dev.livekitbridge.examples.simulate.net;

import io.grpc.ManagedChannelBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Machines, the paths between them, and the connections that go over those. */
public final class SimNetwork {
  private final VirtualTime time;
  private final Random random;
  private final SimProcess process;
  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final Map<String, Path> paths = new LinkedHashMap<>();
  private final List<SimConnection> connections = new ArrayList<>();
  private CallObserver observer = new CallObserver() {};
  private int windowBytes = 1 << 20;
  private long delayNanos = 1_000_000;
  private long jitterNanos;

  /** The way from one machine to another and back. */
  public record Path(Direction there, Direction back) {}

  /** A network without machines. */
  public SimNetwork(VirtualTime time, Random random) {
    this.time = time;
    this.random = random;
    this.process = new SimProcess("network", time);
  }

  /** Hears of every message. */
  public void observe(CallObserver value) {
    observer = value;
  }

  /** How much one side of a stream may send that the other has not taken. */
  public void window(int bytes) {
    windowBytes = bytes;
  }

  /** How long messages take on paths that are new from now on. */
  public void delay(long nanos, long jitter) {
    delayNanos = nanos;
    jitterNanos = jitter;
  }

  /** A machine by its name. */
  public Host host(String name) {
    return hosts.computeIfAbsent(name, Host::new);
  }

  /** The path between two machines, seen from the first. */
  public Path path(String from, String to) {
    return paths.computeIfAbsent(
        from + ">" + to,
        key ->
            new Path(
                new Direction(delayNanos, jitterNanos), new Direction(delayNanos, jitterNanos)));
  }

  /** A new process on a machine; the one before must be dead. */
  public SimProcess boot(Host host, String name) {
    SimProcess next = new SimProcess(name, time);
    host.boot(next);
    return next;
  }

  /**
   * Kills what runs on a machine.
   *
   * @param power whether the machine itself goes on, and tells the peers
   */
  public void kill(Host host, boolean power) {
    host.stop(power);
    connections.removeIf(SimConnection::isOver);
    for (SimConnection connection : List.copyOf(connections)) {
      connection.processDied(host, power);
    }
  }

  /** Cuts the connections between two machines, and tells the ends that are to be told. */
  public void cut(String from, String to, boolean tellFrom, boolean tellTo) {
    connections.removeIf(SimConnection::isOver);
    for (SimConnection connection : List.copyOf(connections)) {
      if (connection.isBetween(from, to)) {
        connection.cut(tellFrom, tellTo);
      }
    }
  }

  /** Channels of a process to addresses, as gRPC wants them. */
  public ManagedChannelBuilder<?> channel(Host from, SimProcess client, String address) {
    return new SimChannelBuilder(() -> new SimChannel(this, from, client, host(address)));
  }

  /** Connections that neither end knows to be over. */
  public long openConnections() {
    connections.removeIf(SimConnection::isOver);
    return connections.size();
  }

  VirtualTime time() {
    return time;
  }

  SimProcess process() {
    return process;
  }

  CallObserver observer() {
    return observer;
  }

  int windowBytes() {
    return windowBytes;
  }

  long random(long below) {
    return below <= 0 ? 0 : random.nextLong(below);
  }

  SimConnection connect(SimChannel channel, Host from, SimProcess client, Host to) {
    SimConnection made = new SimConnection(this, channel, from, client, to);
    connections.add(made);
    return made;
  }

  @Nullable SimServer serverAt(Host host) {
    SimServer server = host.server();
    return server != null && server.process().isAlive() ? server : null;
  }
}
