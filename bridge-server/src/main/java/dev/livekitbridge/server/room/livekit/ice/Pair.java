package dev.livekitbridge.server.room.livekit.ice;

import java.net.InetSocketAddress;

/** A local and a remote candidate, and what is known about the way between them. */
final class Pair {
  /** RFC 8445 §6.1.2.6. */
  enum State {
    FROZEN,
    WAITING,
    IN_PROGRESS,
    SUCCEEDED,
    FAILED
  }

  private final Candidate local;
  private Candidate remote;
  private State state = State.FROZEN;
  private boolean nominateOnSuccess;

  Pair(Candidate local, Candidate remote) {
    this.local = local;
    this.remote = remote;
  }

  Candidate local() {
    return local;
  }

  Candidate remote() {
    return remote;
  }

  /** What was found by a check has been signalled now (RFC 8838 §11.4). */
  void remoteIs(Candidate signalled) {
    remote = signalled;
  }

  State state() {
    return state;
  }

  void become(State next) {
    state = next;
  }

  /** The controlling peer has nominated it before we know that it works (RFC 8445 §7.3.1.5). */
  void nominateOnSuccess() {
    nominateOnSuccess = true;
  }

  boolean nominatesOnSuccess() {
    return nominateOnSuccess;
  }

  boolean connects(Candidate from, InetSocketAddress to) {
    return local.equals(from) && remote.address().equals(to);
  }

  boolean hasFoundationOf(Pair other) {
    return local.foundation().equals(other.local.foundation())
        && remote.foundation().equals(other.remote.foundation());
  }

  boolean isPending() {
    return state == State.FROZEN || state == State.WAITING || state == State.IN_PROGRESS;
  }

  /** RFC 8445 §6.1.2.3. */
  long priority(boolean controlling) {
    long ours = local.priority();
    long theirs = remote.priority();
    long g = controlling ? ours : theirs;
    long d = controlling ? theirs : ours;
    // Two 32-bit numbers: the order stays right although the sum may turn the sign bit.
    return (Math.min(g, d) << 32) + 2 * Math.max(g, d) + (g > d ? 1 : 0);
  }

  /** For logs and reasons. */
  @Override
  public String toString() {
    return local.transport().token()
        + " "
        + local.kind().token()
        + " to "
        + remote.kind().token()
        + " "
        + remote.address();
  }
}
