package dev.livekitbridge.server.session;

import dev.livekitbridge.core.AudioFrame;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The audio of one track that waits for the room, given out at the pace of real time with a small
 * lead: what comes in real time passes at once, what comes faster waits. Long frames are given out
 * in pieces, so that the room never gets much ahead.
 *
 * <p>A gap in what comes is a stall if it is short, and a pause if it is long. After a stall real
 * time goes on where it was, so that what was held up passes at once and the track is not late for
 * the rest of its life; the jitter buffers of those who listen are made for that. After a pause
 * real time begins again.
 *
 * <p>The first frame may itself have been late, and then all that follow in time are early. So if
 * for a while each frame had to wait, and no longer than a stall lasts, then what the shortest of
 * them waited is only delay: real time is moved by it. A sender that is ahead on purpose, as
 * synthesized speech is, adds its frames faster than that and is not touched.
 *
 * <p>Pure: each method takes the time it needs. Grows to its longest queue, then allocates nothing.
 */
final class TrackPacer {
  /** Longer frames are cut into pieces of this length: five Opus frames. */
  static final long PIECE_NANOS = 100_000_000L;

  // For so long each frame must have waited; less where to be live matters more than to be smooth.
  private static final long STANDING_NANOS = 1_000_000_000L;
  private static final long LIVE_STANDING_NANOS = 400_000_000L;

  private final long leadNanos;
  private final long catchUpNanos;
  private @Nullable AudioFrame[] frames = new @Nullable AudioFrame[16];
  private int[] epochs = new int[16];
  private int head;
  private int size;
  private int headOffset;
  private long queuedNanos;
  private boolean begun;
  // When all that was given out will have been heard.
  private long endNanos;
  private boolean finished;
  private int finishedEpoch;
  // Since when each frame has to wait, and for how long at least.
  private boolean standing;
  private long standingSinceNanos;
  private long standingNanos;
  private long standForNanos = STANDING_NANOS;

  /**
   * An empty pacer.
   *
   * @param leadNanos how far ahead of real time audio is given out
   * @param catchUpNanos the longest gap that is a stall
   */
  TrackPacer(long leadNanos, long catchUpNanos) {
    this.leadNanos = leadNanos;
    this.catchUpNanos = catchUpNanos;
  }

  /** Whether the sender has bounded how late the track may be. */
  void live(boolean live) {
    standForNanos = live ? LIVE_STANDING_NANOS : STANDING_NANOS;
  }

  int size() {
    return size;
  }

  /** How long what waits will sound. */
  long queuedNanos() {
    return queuedNanos;
  }

  void add(AudioFrame frame, int epoch, long nowNanos) {
    watchDelay(endNanos + queuedNanos - leadNanos - nowNanos, nowNanos);
    if (size == frames.length) {
      grow();
    }
    int at = (head + size) & (frames.length - 1);
    frames[at] = frame;
    epochs[at] = epoch;
    size++;
    queuedNanos += frame.durationNanos();
  }

  /**
   * Lets a frame pass by the queue if nothing is before it: in real time this is the usual case.
   *
   * @return whether it is to be handed to the room now; else it is to be added
   */
  boolean pass(AudioFrame frame, long nowNanos) {
    long nanos = frame.durationNanos();
    if (size > 0 || nanos > PIECE_NANOS || early(nowNanos)) {
      return false;
    }
    standing = false;
    giveOut(nanos, nowNanos);
    return true;
  }

  /** The next piece for the room, or null if none waits or it is too early. */
  @Nullable AudioFrame poll(long nowNanos) {
    if (size == 0 || early(nowNanos)) {
      return null;
    }
    AudioFrame frame = first();
    AudioFrame piece = frame;
    long nanos = frame.durationNanos();
    finished = true;
    finishedEpoch = epochs[head];
    if (headOffset > 0 || nanos > PIECE_NANOS) {
      piece = cut(frame);
      nanos = piece.durationNanos();
      finished = headOffset == frame.size();
    }
    giveOut(nanos, nowNanos);
    queuedNanos -= nanos;
    if (finished) {
      remove();
    }
    return piece;
  }

  /** Whether the last polled piece was the last one of its frame. */
  boolean finished() {
    return finished;
  }

  /** The epoch of the frame that was polled or dropped last. */
  int finishedEpoch() {
    return finishedEpoch;
  }

  /** When the next piece is to be polled; only while something waits. */
  long nextNanos() {
    return endNanos - leadNanos;
  }

  /** Takes the oldest frame out unheard, what is left of it. */
  AudioFrame drop() {
    AudioFrame frame = first();
    finishedEpoch = epochs[head];
    queuedNanos -= frame.durationNanos() - frame.format().nanosOf(headOffset);
    remove();
    return frame;
  }

  private boolean early(long nowNanos) {
    return begun && endNanos - nowNanos > leadNanos;
  }

  private void giveOut(long nanos, long nowNanos) {
    if (!begun || nowNanos - endNanos > catchUpNanos) {
      // The first, or the first after a pause: real time begins again here.
      begun = true;
      endNanos = nowNanos;
    }
    endNanos += nanos;
  }

  private void watchDelay(long waitNanos, long nowNanos) {
    if (!begun || waitNanos <= 0 || waitNanos > catchUpNanos) {
      standing = false;
    } else if (!standing) {
      standing = true;
      standingSinceNanos = nowNanos;
      standingNanos = Long.MAX_VALUE;
    } else if (nowNanos - standingSinceNanos >= standForNanos / 4) {
      // Not before: a burst that comes after a pause raises the wait from nothing.
      standingNanos = Math.min(standingNanos, waitNanos);
      if (nowNanos - standingSinceNanos >= standForNanos) {
        standing = false;
        endNanos -= standingNanos;
      }
    }
  }

  private AudioFrame first() {
    return Objects.requireNonNull(frames[head]);
  }

  private AudioFrame cut(AudioFrame frame) {
    int bytesPerSample = frame.format().bytesPerSample();
    long samples = PIECE_NANOS * frame.format().sampleRate() / 1_000_000_000L;
    int to = (int) Math.min(frame.size(), headOffset + samples * bytesPerSample);
    AudioFrame piece =
        AudioFrame.received(
            frame.toByteString().substring(headOffset, to),
            frame.format(),
            frame.track(),
            frame.timestampMillis() + frame.format().nanosOf(headOffset) / 1_000_000,
            frame.sequence(),
            frame.source());
    headOffset = to;
    return piece;
  }

  private void remove() {
    frames[head] = null;
    head = (head + 1) & (frames.length - 1);
    size--;
    headOffset = 0;
    if (size == 0) {
      queuedNanos = 0;
    }
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
