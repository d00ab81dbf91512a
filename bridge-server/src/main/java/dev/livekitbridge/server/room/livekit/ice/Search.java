package dev.livekitbridge.server.room.livekit.ice;

import dev.livekitbridge.server.room.livekit.ice.Pair.State;
import dev.livekitbridge.server.room.livekit.ice.StunMessage.Kind;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The search for a pair that works, with one set of credentials: checks are sent at their pace,
 * answered ones may be nominated. A restart begins a new one.
 */
final class Search {
  private static final int MAX_EARLY = 16;
  private static final int ROLE_CONFLICT = 487;

  /** What a search does to the world. */
  interface Outcome {
    void send(Candidate local, InetSocketAddress remote, ByteBuffer packet);

    void selected(Pair pair, long now);

    void failed(String reason);
  }

  /** An authentic check that came before the peer's credentials. */
  private record EarlyRequest(
      Candidate local, InetSocketAddress source, long priority, boolean nominates) {}

  private final Random random;
  private final IceTimes times;
  private final Role role;
  private final Candidates candidates;
  private final Outcome outcome;
  private final Credentials local;
  private final CheckList checkList = new CheckList();
  private final Checks checks = new Checks();
  private final ArrayDeque<EarlyRequest> early = new ArrayDeque<>();
  private @Nullable Credentials remote;
  private @Nullable Pair selected;
  private boolean remoteIsComplete;
  private long connectBy = Long.MAX_VALUE;
  private long nextCheckAt = Long.MIN_VALUE;
  private long nominateAt = Long.MAX_VALUE;

  Search(Random random, IceTimes times, Role role, Candidates candidates, Outcome outcome) {
    this.random = random;
    this.times = times;
    this.role = role;
    this.candidates = candidates;
    this.outcome = outcome;
    this.local = Credentials.random(random);
  }

  Credentials local() {
    return local;
  }

  void setRemote(Credentials credentials, long now) {
    if (remote == null) {
      connectBy = now + times.connectTimeout().toNanos();
    }
    remote = credentials;
    for (EarlyRequest request = early.poll(); request != null; request = early.poll()) {
      trigger(request, now);
    }
    pump(now);
  }

  void addLocal(Candidate candidate, long now) {
    candidates.remote().forEach(other -> add(candidate, other));
    pump(now);
  }

  void addRemote(Candidate candidate, long now) {
    for (Candidate ours : candidates.local()) {
      Pair known = checkList.find(ours, candidate.address());
      if (known != null && CheckList.canReach(ours, candidate)) {
        known.remoteIs(candidate);
      } else {
        add(ours, candidate);
      }
    }
    pump(now);
  }

  private void add(Candidate ours, Candidate theirs) {
    if (selected == null) {
      checkList.add(ours, theirs);
    }
  }

  void remoteIsComplete(long now) {
    remoteIsComplete = true;
    pump(now);
  }

  long deadline() {
    long deadline = Math.min(connectBy, checks.deadline());
    if (role.isControlling() && selected == null && !checks.isNominating()) {
      deadline = Math.min(deadline, nominateAt);
    }
    return remote != null && checkList.hasNext() ? Math.min(deadline, nextCheckAt) : deadline;
  }

  void onTimeout(long now) {
    if (now >= connectBy) {
      outcome.failed("no pair worked within " + times.connectTimeout().toMillis() + " ms");
      return;
    }
    for (Check due = checks.pollDue(now); due != null; due = checks.pollDue(now)) {
      Pair pair = due.pair();
      if (due.repeat(now)) {
        checks.add(due);
        outcome.send(pair.local(), pair.remote().address(), due.packet());
      } else if (!due.isSuperseded()) {
        pair.become(State.FAILED);
      }
    }
    pump(now);
  }

  void unreachable(Candidate from, InetSocketAddress to, long now) {
    Pair pair = checkList.find(from, to);
    if (pair != null) {
      checks.supersede(pair);
      pair.become(State.FAILED);
      pump(now);
    }
  }

  /** An authentic request has been answered; it is a reason to check the pair ourselves. */
  void onRequest(Candidate at, InetSocketAddress source, StunMessage message, long now) {
    EarlyRequest request = new EarlyRequest(at, source, message.priority(), message.useCandidate());
    if (remote != null) {
      trigger(request, now);
      pump(now);
    } else if (early.size() < MAX_EARLY) {
      early.add(request);
    }
  }

  /** RFC 8445 §7.3.1.3 to §7.3.1.5. */
  private void trigger(EarlyRequest request, long now) {
    Pair pair = checkList.find(request.local(), request.source());
    if (pair == null) {
      pair = learn(request);
    }
    if (pair == null) {
      return;
    }
    boolean nominated = request.nominates() && !role.isControlling();
    if (pair.state() == State.SUCCEEDED) {
      if (nominated) {
        select(pair, now);
      }
      return;
    }
    if (nominated) {
      pair.nominateOnSuccess();
    }
    if (selected == null || !role.isControlling()) {
      checks.supersede(pair);
      checkList.trigger(pair);
    }
  }

  private @Nullable Pair learn(EarlyRequest request) {
    TransportKind transport = request.local().transport();
    Candidate known = candidates.findRemote(transport, request.source());
    Candidate theirs =
        known != null ? known : candidates.learn(transport, request.source(), request.priority());
    return theirs == null ? null : checkList.add(request.local(), theirs);
  }

  /** An answer to one of our checks; anything else is left alone (RFC 8445 §7.2.5). */
  void onResponse(Candidate at, InetSocketAddress source, StunMessage message, long now) {
    Check check = checks.get(message.id());
    if (check == null || !isSigned(message)) {
      return;
    }
    checks.remove(check);
    Pair pair = check.pair();
    if (!pair.connects(at, source)) {
      // The answer must come the way that the check went (§7.2.5.2.1).
      pair.become(State.FAILED);
    } else if (message.errorCode() == ROLE_CONFLICT && message.kind() == Kind.ERROR) {
      // A second answer of the same conflict must not turn us back.
      if (check.wasControlling() == role.isControlling()) {
        role.become(!role.isControlling());
      }
      checkList.trigger(pair);
    } else if (message.kind() == Kind.ERROR || message.mapped() == null) {
      pair.become(State.FAILED);
    } else {
      succeeded(check, now);
    }
    pump(now);
  }

  private void succeeded(Check check, long now) {
    Pair pair = check.pair();
    checkList.succeeded(pair);
    checks.supersede(pair);
    boolean nominated = role.isControlling() ? check.nominates() : pair.nominatesOnSuccess();
    if (nominated) {
      select(pair, now);
    } else if (role.isControlling() && selected == null && nominateAt == Long.MAX_VALUE) {
      nominateAt = now + times.nominationWait().toNanos();
    }
  }

  private void select(Pair pair, long now) {
    boolean controlling = role.isControlling();
    // A peer that nominates several (RFC 5245, aggressive) means the best of them.
    if (selected == null
        || Long.compareUnsigned(pair.priority(controlling), selected.priority(controlling)) > 0) {
      selected = pair;
      connectBy = Long.MAX_VALUE;
      nominateAt = Long.MAX_VALUE;
      checkList.conclude();
      checks.supersedeAll();
      outcome.selected(pair, now);
    }
  }

  /** Does what can be done now: nominates, fails, sends the next check if its time has come. */
  private void pump(long now) {
    if (remote == null) {
      return;
    }
    if (selected == null) {
      nominate(now);
      if (remoteIsComplete && checkList.allFailed()) {
        outcome.failed("every pair of candidates failed");
        return;
      }
    }
    if (now >= nextCheckAt) {
      Pair next = checkList.next(role.isControlling());
      if (next != null) {
        nextCheckAt = now + times.pacing().toNanos();
        check(next, false, now);
      }
    }
  }

  /** Regular nomination (RFC 8445 §8.1.1): the best pair, once no better one is still open. */
  private void nominate(long now) {
    if (nominateAt == Long.MAX_VALUE || !role.isControlling() || checks.isNominating()) {
      return;
    }
    Pair best = checkList.best(true, pair -> pair.state() == State.SUCCEEDED);
    if (best == null) {
      nominateAt = Long.MAX_VALUE;
      return;
    }
    Pair open = checkList.best(true, Pair::isPending);
    if (now >= nominateAt
        || open == null
        || Long.compareUnsigned(open.priority(true), best.priority(true)) < 0) {
      check(best, true, now);
    }
  }

  private void check(Pair pair, boolean nominates, long now) {
    if (!nominates) {
      pair.become(State.IN_PROGRESS);
    }
    TransactionId id = TransactionId.random(random);
    ByteBuffer packet = request(id, pair.local(), nominates);
    long wait =
        Math.max(times.initialTimeout().toNanos(), times.pacing().toNanos() * checkList.active());
    checks.add(
        new Check(
            id,
            pair,
            nominates,
            role.isControlling(),
            packet,
            wait,
            times.maxTransmissions(),
            now));
    outcome.send(pair.local(), pair.remote().address(), packet.duplicate());
  }

  /** A Binding request of RFC 8445 §7.2.4. */
  ByteBuffer request(TransactionId id, Candidate from, boolean nominates) {
    Credentials theirs = Objects.requireNonNull(remote, "remote credentials");
    StunWriter writer =
        new StunWriter(Kind.REQUEST, id)
            .username(theirs.ufrag() + ":" + local.ufrag())
            .priority(candidates.reflexivePriority(from))
            .role(role.isControlling(), role.tieBreaker());
    if (nominates) {
      writer.useCandidate();
    }
    return writer.integrity(theirs.key()).finish();
  }

  /** Whether a response is the peer's. */
  boolean isSigned(StunMessage response) {
    return remote != null && response.isAuthentic(remote.key());
  }
}
