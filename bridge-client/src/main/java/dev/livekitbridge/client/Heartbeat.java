package dev.livekitbridge.client;

/**
 * When the next heartbeat of a stream is due, and whether they are still answered. Pure; confined
 * to its session's executor.
 */
final class Heartbeat {
  private final long intervalNanos;
  private long dueNanos;
  private long lastPing;
  private long unansweredSinceNanos;
  private long lastPingNanos;
  private boolean unanswered;

  Heartbeat(long intervalNanos) {
    this.intervalNanos = intervalNanos;
  }

  /** A new stream: nothing is owed. */
  void start(long now) {
    dueNanos = now + intervalNanos;
    unanswered = false;
  }

  long nanosToNext(long now) {
    return Math.max(0, dueNanos - now);
  }

  boolean due(long now) {
    return now - dueNanos >= 0;
  }

  /** A heartbeat without a ping is sent. */
  void sent(long now) {
    dueNanos = now + intervalNanos;
  }

  /** A ping is sent; returns its number. */
  long ping(long now) {
    dueNanos = now + intervalNanos;
    lastPingNanos = now;
    if (!unanswered) {
      unanswered = true;
      unansweredSinceNanos = now;
    }
    return ++lastPing;
  }

  /** A pong came; returns the round trip, or -1 if it answers an older ping. */
  long pong(long number, long now) {
    unanswered = false;
    return number == lastPing ? now - lastPingNanos : -1;
  }

  /** Whether a ping has been unanswered for two intervals. */
  boolean timedOut(long now) {
    return unanswered && now - unansweredSinceNanos >= 2 * intervalNanos;
  }
}
