package dev.livekitbridge.server.room.livekit.sctp;

/** A deadline that is set or not. */
final class Timer {
  /** No deadline at all. */
  static final long NONE = Long.MAX_VALUE;

  private boolean running;
  private long at;

  void startAt(long nanos) {
    running = true;
    at = nanos;
  }

  void stop() {
    running = false;
  }

  boolean running() {
    return running;
  }

  /** Stops and returns true if the time has come. */
  boolean take(long now) {
    if (!running || at - now > 0) {
      return false;
    }
    running = false;
    return true;
  }

  /** The earlier one of this deadline and another. */
  long earlier(long other) {
    if (!running) {
      return other;
    }
    return other == NONE || at - other < 0 ? at : other;
  }
}
