package dev.livekitbridge.client;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/** What the caller was given in the last seconds, for {@link Seam}. Confined to the session. */
final class RecentFrames {
  // Of three speakers for the longest time that is usual.
  private static final int MAX_FRAMES = 4 * WarmLane.MAX_FRAMES;

  private final long keepNanos;
  private final Deque<Heard> frames = new ArrayDeque<>();

  /**
   * Keeps what a second place may still bring: longer than that keeps it itself and, where packets
   * are known by their bytes, than a silent way to it goes unnoticed.
   */
  RecentFrames(boolean packets, long heartbeatNanos) {
    keepNanos = Math.max(2 * WarmLane.KEEP_NANOS, packets ? 3 * heartbeatNanos : 0);
  }

  void add(Heard frame, long now) {
    expire(now);
    if (frames.size() == MAX_FRAMES) {
      frames.removeFirst();
    }
    frames.addLast(frame);
  }

  /** Oldest first. */
  Collection<Heard> all(long now) {
    expire(now);
    return frames;
  }

  /** This process stood still for so long: what it reads now was said before. */
  void stoodStill(long nanos) {
    for (int i = frames.size(); i > 0; i--) {
      frames.addLast(frames.removeFirst().later(nanos));
    }
  }

  private void expire(long now) {
    while (!frames.isEmpty() && now - frames.getFirst().nanos() > keepNanos) {
      frames.removeFirst();
    }
  }
}
