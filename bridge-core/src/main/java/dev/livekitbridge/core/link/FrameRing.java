package dev.livekitbridge.core.link;

import dev.livekitbridge.core.AudioFrame;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Frames in order with the time each was accepted; grows, never allocates for a frame. */
final class FrameRing {
  private @Nullable AudioFrame[] frames = new @Nullable AudioFrame[16];
  private long[] acceptedNanos = new long[16];
  private int head;
  private int size;

  int size() {
    return size;
  }

  void add(AudioFrame frame, long nowNanos) {
    if (size == frames.length) {
      grow();
    }
    int at = (head + size) & (frames.length - 1);
    frames[at] = frame;
    acceptedNanos[at] = nowNanos;
    size++;
  }

  AudioFrame get(int index) {
    return Objects.requireNonNull(frames[(head + index) & (frames.length - 1)]);
  }

  long acceptedNanos(int index) {
    return acceptedNanos[(head + index) & (frames.length - 1)];
  }

  AudioFrame removeFirst() {
    AudioFrame first = get(0);
    frames[head] = null;
    head = (head + 1) & (frames.length - 1);
    size--;
    return first;
  }

  private void grow() {
    int length = frames.length;
    @Nullable AudioFrame[] moreFrames = new @Nullable AudioFrame[2 * length];
    long[] moreNanos = new long[2 * length];
    for (int i = 0; i < size; i++) {
      moreFrames[i] = frames[(head + i) & (length - 1)];
      moreNanos[i] = acceptedNanos[(head + i) & (length - 1)];
    }
    frames = moreFrames;
    acceptedNanos = moreNanos;
    head = 0;
  }
}
