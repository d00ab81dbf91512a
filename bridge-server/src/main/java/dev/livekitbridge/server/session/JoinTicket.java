package dev.livekitbridge.server.session;

/** A join under way, for its caller. */
@FunctionalInterface
public interface JoinTicket {
  /** A join that was refused at once: nothing to undo. */
  JoinTicket NONE = () -> {};

  /**
   * The caller went away. A join that made a session is undone, unless a stream has come; a
   * takeover leaves the session waiting for a stream.
   */
  void cancel();
}
