package dev.livekitbridge.client;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** What the caller was given in the last seconds, for {@link Seam}. Confined to the session. */
final class RecentFrames {
  /** Longer than a silent bridge takes to be noticed. */
  static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(3);

  static final int MAX_FRAMES = 600;

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

  private void expire(long now) {
    while (!frames.isEmpty() && now - frames.getFirst().nanos() > KEEP_NANOS) {
      frames.removeFirst();
    }
  }
}
