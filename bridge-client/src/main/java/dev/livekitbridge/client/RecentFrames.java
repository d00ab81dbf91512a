package dev.livekitbridge.client;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/** What the caller was given in the last seconds, for {@link Seam}. Confined to the session. */
final class RecentFrames {
  // Longer than a second place keeps: what it brings from before is then known, however late.
  private static final long KEEP_NANOS = 2 * WarmLane.KEEP_NANOS;
  private static final int MAX_FRAMES = 2 * WarmLane.MAX_FRAMES;

  private final Deque<Heard> frames = new ArrayDeque<>();

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
    while (!frames.isEmpty() && now - frames.getFirst().nanos() > KEEP_NANOS) {
      frames.removeFirst();
    }
  }
}
