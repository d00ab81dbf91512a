package dev.livekitbridge.server.room.livekit.ice;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The candidates of both sides: bounded, without duplicates. */
final class Candidates {
  private static final int MAX_REMOTE = 64;
  private static final int MAX_LOCAL = 32;

  private final List<Candidate> local = new ArrayList<>();
  private final List<Candidate> remote = new ArrayList<>();
  private int learnt;

  List<Candidate> local() {
    return local;
  }

  List<Candidate> remote() {
    return remote;
  }

  /** A host candidate of ours; the one added first is preferred. */
  Candidate addLocal(InetSocketAddress address, TransportKind transport) {
    if (local.size() >= MAX_LOCAL) {
      throw new IllegalStateException(
          "local candidates: " + local.size() + " (expected: at most " + MAX_LOCAL + ")");
    }
    int order = local.size();
    // Each has a base of its own, so each has a foundation of its own (RFC 8445 §5.1.1.3).
    Candidate candidate =
        new Candidate(
            CandidateKind.HOST,
            transport,
            transport == TransportKind.TCP
                ? new InetSocketAddress(address.getAddress(), Candidate.DISCARD_PORT)
                : address,
            Integer.toString(order + 1),
            Candidate.priority(CandidateKind.HOST, transport, order));
    if (local.stream().anyMatch(other -> isSame(other, candidate))) {
      throw new IllegalArgumentException("local candidate: " + address + " (expected: a new one)");
    }
    local.add(candidate);
    return candidate;
  }

  private static boolean isSame(Candidate one, Candidate other) {
    return one.transport() == other.transport() && one.address().equals(other.address());
  }

  /** The PRIORITY of our checks: what the peer would give the candidate that it learns by them. */
  long reflexivePriority(Candidate candidate) {
    return Candidate.priority(
        CandidateKind.PEER_REFLEXIVE, candidate.transport(), local.indexOf(candidate));
  }

  @Nullable Candidate findRemote(TransportKind transport, InetSocketAddress address) {
    for (Candidate candidate : remote) {
      if (candidate.transport() == transport && candidate.address().equals(address)) {
        return candidate;
      }
    }
    return null;
  }

  /** A candidate that the peer tells of; false if there are too many. */
  boolean addRemote(Candidate candidate) {
    Candidate known = findRemote(candidate.transport(), candidate.address());
    if (known != null) {
      remote.remove(known);
    }
    return remote.size() < MAX_REMOTE && remote.add(candidate);
  }

  /** A candidate that an authentic check came from (RFC 8445 §7.3.1.3); null if too many. */
  @Nullable Candidate learn(TransportKind transport, InetSocketAddress address, long priority) {
    Candidate candidate =
        new Candidate(
            CandidateKind.PEER_REFLEXIVE, transport, address, "prflx" + ++learnt, priority);
    return remote.size() < MAX_REMOTE && remote.add(candidate) ? candidate : null;
  }

  void clearRemote() {
    remote.clear();
  }
}
