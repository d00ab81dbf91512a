package dev.livekitbridge.server.room.livekit.ice;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Agents on a network of virtual time, which loses, doubles, delays and spoils by its seed. */
final class IceWorld {
  static final long MS = 1_000_000L;

  final Random random;
  long now = 17;
  double loss;
  double spoil;
  double twice;
  long delay = 5 * MS;
  long jitter;
  int packets;

  /** Which packets pass, by source and destination. */
  BiPredicate<InetSocketAddress, InetSocketAddress> open = (from, to) -> true;

  /** Source addresses as the receivers see them. */
  final Map<InetSocketAddress, InetSocketAddress> nat = new HashMap<>();

  private final List<Node> nodes = new ArrayList<>();
  private final PriorityQueue<Flight> wire =
      new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));

  private record Flight(
      long at, InetSocketAddress source, InetSocketAddress destination, ByteBuffer packet) {}

  IceWorld(long seed) {
    random = new Random(seed);
  }

  /** One side: an agent, its sockets, what it has said. */
  final class Node implements IceListener {
    final IceAgent agent;
    final Map<InetSocketAddress, Candidate> sockets = new HashMap<>();
    final List<String> events = new ArrayList<>();
    private @Nullable Candidate local;
    private @Nullable InetSocketAddress remote;
    long connectedAt = -1;
    private int tcpPorts;
    private final Map<Candidate, InetSocketAddress> listening = new HashMap<>();
    private final Map<String, InetSocketAddress> connections = new HashMap<>();

    Node(boolean controlling, IceTimes times) {
      agent = new IceAgent(random, controlling, times, this);
      nodes.add(this);
    }

    Candidate local() {
      return Objects.requireNonNull(local, "nothing selected");
    }

    InetSocketAddress remote() {
      return Objects.requireNonNull(remote, "nothing selected");
    }

    Candidate host(String ip, int port) {
      InetSocketAddress address = new InetSocketAddress(ip, port);
      Candidate candidate = agent.addLocalCandidate(address, TransportKind.UDP, now);
      sockets.put(address, candidate);
      return candidate;
    }

    /** A side that takes TCP connections, as an SFU does; the sim has one listening address. */
    void listen(Candidate candidate, InetSocketAddress address) {
      sockets.put(address, candidate);
      listening.put(candidate, address);
    }

    @Override
    public void onSelected(Candidate from, InetSocketAddress to) {
      local = from;
      remote = to;
    }

    @Override
    public void onState(IceState state, String reason) {
      events.add(state.toString());
      if (state == IceState.CONNECTED && connectedAt < 0) {
        connectedAt = now;
      }
    }

    private InetSocketAddress source(Transmit transmit) {
      if (transmit.local().transport() == TransportKind.UDP) {
        return transmit.local().address();
      }
      InetSocketAddress accepting = listening.get(transmit.local());
      if (accepting != null) {
        return accepting;
      }
      return connections.computeIfAbsent(
          transmit.local().address() + ">" + transmit.remote(),
          key -> {
            InetSocketAddress own =
                new InetSocketAddress(transmit.local().address().getAddress(), 61_000 + ++tcpPorts);
            sockets.put(own, transmit.local());
            return own;
          });
    }

    private void flush() {
      for (Transmit next = agent.poll(now); next != null; next = agent.poll(now)) {
        packets++;
        post(source(next), next.remote(), next.packet());
      }
    }
  }

  Node node(boolean controlling) {
    return new Node(controlling, IceTimes.DEFAULT);
  }

  void introduce(Node one, Node other) {
    tell(one, other);
    tell(other, one);
  }

  /** Credentials and candidates of one to the other. */
  void tell(Node one, Node other) {
    other.agent.setRemote(one.agent.localUfrag(), one.agent.localPwd(), false, now);
    one.sockets.values().forEach(c -> other.agent.addRemoteCandidate(c.toAttribute(), now));
  }

  void post(InetSocketAddress from, InetSocketAddress to, ByteBuffer packet) {
    if (random.nextDouble() < loss || !open.test(from, to)) {
      return;
    }
    ByteBuffer copy = ByteBuffer.allocate(packet.remaining());
    copy.put(packet.duplicate()).flip();
    if (random.nextDouble() < spoil) {
      int at = random.nextInt(copy.limit());
      copy.put(at, (byte) (copy.get(at) ^ 1 << random.nextInt(8)));
    }
    InetSocketAddress seen = nat.getOrDefault(from, from);
    for (int copies = random.nextDouble() < twice ? 2 : 1; copies > 0; copies--) {
      long at = now + delay + (jitter == 0 ? 0 : (long) (random.nextDouble() * jitter));
      wire.add(new Flight(at, seen, to, copy));
    }
  }

  void run(long millis) {
    long end = now + millis * MS;
    int steps = 0;
    while (true) {
      nodes.forEach(Node::flush);
      long next = wire.isEmpty() ? Long.MAX_VALUE : wire.peek().at;
      for (Node node : nodes) {
        next = Math.min(next, node.agent.deadlineNanos());
      }
      if (next > end) {
        now = end;
        return;
      }
      now = Math.max(now, next);
      if (++steps > 200_000) {
        throw new AssertionError("no progress: an agent spins at " + now);
      }
      while (!wire.isEmpty() && wire.peek().at <= now) {
        deliver(wire.poll());
      }
      for (Node node : nodes) {
        if (node.agent.deadlineNanos() <= now) {
          node.agent.onTimeout(now);
        }
      }
    }
  }

  private void deliver(Flight flight) {
    for (Node node : nodes) {
      InetSocketAddress to = flight.destination;
      for (Map.Entry<InetSocketAddress, InetSocketAddress> entry : nat.entrySet()) {
        to = entry.getValue().equals(to) ? entry.getKey() : to;
      }
      Candidate at = node.sockets.get(to);
      if (at != null) {
        node.agent.receive(at, flight.source, flight.packet.duplicate(), now);
      }
    }
  }
}
