package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFrame;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Frames in order, each with the session epoch it came in; grows, never allocates for a frame. */
final class FrameQueue {
  private @Nullable AudioFrame[] frames = new @Nullable AudioFrame[16];
  private int[] epochs = new int[16];
  private int head;
  private int size;
  private long bytes;

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }

  void add(AudioFrame frame, int epoch) {
    if (size == frames.length) {
      grow();
    }
    int at = (head + size) & (frames.length - 1);
    frames[at] = frame;
    epochs[at] = epoch;
    size++;
    bytes += frame.size();
  }

  /** Epoch of the oldest; there must be one. */
  int firstEpoch() {
    return epochs[head];
  }

  /** Takes the oldest out; there must be one. */
  AudioFrame remove() {
    AudioFrame first = Objects.requireNonNull(frames[head]);
    frames[head] = null;
    head = (head + 1) & (frames.length - 1);
    size--;
    bytes -= first.size();
    return first;
  }

  /** Whether this very frame is here. */
  boolean contains(AudioFrame frame) {
    for (int i = 0; i < size; i++) {
      if (frames[(head + i) & (frames.length - 1)] == frame) {
        return true;
      }
    }
    return false;
  }

  private void grow() {
    int length = frames.length;
    @Nullable AudioFrame[] moreFrames = new @Nullable AudioFrame[2 * length];
    int[] moreEpochs = new int[2 * length];
    for (int i = 0; i < size; i++) {
      moreFrames[i] = frames[(head + i) & (length - 1)];
      moreEpochs[i] = epochs[(head + i) & (length - 1)];
    }
    frames = moreFrames;
    epochs = moreEpochs;
    head = 0;
  }
}
