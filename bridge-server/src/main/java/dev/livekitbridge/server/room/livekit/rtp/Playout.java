package dev.livekitbridge.server.room.livekit.rtp;

import dev.livekitbridge.server.room.livekit.rtp.PacketQueue.Queued;
import java.util.Arrays;

/**
 * Turns packets into an even stream of 20 ms frames: waits a little at the begin of a talk spurt,
 * makes up for what is missing, and plays a little faster while more waits than the jitter asks
 * for.
 */
final class Playout {
  static final int FRAME_SAMPLES = 320;

  private static final long MS = 1_000_000L;
  private static final int FRAME_TICKS = 960;

  /** More than this many missing in a row were not heard: the sound begins anew behind them. */
  private static final int MAX_RECOVERED = 10;

  private static final int LEVELS = 25;
  private static final int RECENT_LEVELS = 5;
  private static final int FAST_EXCESS_TICKS = 60 * 48;

  /** How alike the sides of a joint must be where there is no hurry. */
  private static final double LIKE = 0.85;

  private final PacketQueue queue = new PacketQueue();
  private final OpusSound sound = new OpusSound();
  private final long[] levels = new long[LEVELS];
  private short[] fifo = new short[8_192];
  private int fifoSize;
  private long nextSequence = -1;
  private long cursor;
  private boolean waiting = true;
  private long startAt = Long.MAX_VALUE;
  private long held;
  private int levelAt;
  private int sinceLonger;
  private long target;

  // For the one who wants to know how it goes.
  private long concealedTicks;
  private long latePackets;
  private long skippedPackets;
  private long shortenedSamples;
  private long lengthenedSamples;

  /** How long sound should wait, from now on. */
  void target(long nanos) {
    target = nanos;
  }

  /** Whether a packet can still be of use. */
  boolean wants(long sequence) {
    return (nextSequence < 0 || sequence >= nextSequence) && !queue.contains(sequence);
  }

  /** The first packet that has not been played. */
  long nextSequence() {
    return nextSequence;
  }

  void add(Queued packet) {
    if (!wants(packet.sequence)) {
      latePackets++;
      return;
    }
    skippedPackets += queue.add(packet);
  }

  /** The sequence has begun again somewhere else. */
  void restart() {
    queue.clear();
    nextSequence = -1;
    waiting = true;
    startAt = Long.MAX_VALUE;
  }

  /** Nothing is left to be played. */
  boolean isDry() {
    return queue.first() == null;
  }

  /** Not even a frame of what was decoded is left. */
  boolean isPlayed() {
    return isDry() && fifoSize < FRAME_SAMPLES;
  }

  /** How long it has had nothing to play, in ticks. */
  long held() {
    return held;
  }

  /** The next 20 ms, PCM16 little-endian. */
  byte[] frame(long now) {
    fill(FRAME_SAMPLES, now);
    stretch(now);
    byte[] frame = new byte[2 * FRAME_SAMPLES];
    for (int i = 0; i < FRAME_SAMPLES; i++) {
      frame[2 * i] = (byte) fifo[i];
      frame[2 * i + 1] = (byte) (fifo[i] >> 8);
    }
    fifoSize -= FRAME_SAMPLES;
    System.arraycopy(fifo, FRAME_SAMPLES, fifo, 0, fifoSize);
    return frame;
  }

  private void fill(int samples, long now) {
    while (fifoSize < samples) {
      step(now);
    }
  }

  /** Puts at least one sample into the fifo, or gets nearer to it. */
  private void step(long now) {
    Queued next = queue.first();
    if (waiting) {
      if (next == null) {
        hold();
      } else {
        startAt = startAt == Long.MAX_VALUE ? next.arrivedAt + target : startAt;
        if (now >= startAt) {
          begin(next);
        } else {
          append(sound.conceal(FRAME_SAMPLES));
        }
      }
    } else if (next == null) {
      hold();
    } else {
      advance(next);
    }
  }

  private void begin(Queued next) {
    waiting = false;
    startAt = Long.MAX_VALUE;
    held = 0;
    play(next);
  }

  private void hold() {
    held += FRAME_TICKS;
    append(sound.conceal(FRAME_SAMPLES));
  }

  /** There is a packet; what lies between the last one and this one decides. */
  private void advance(Queued next) {
    long missing = next.sequence - nextSequence;
    long gap = next.timestamp - cursor;
    long unheard = gap - held;
    if (missing == 0 && gap <= 0) {
      play(next);
    } else if (missing == 0 || missing > MAX_RECOVERED || gap > (missing + 1) * next.ticks) {
      // The sender paused, or too much is missing: a new talk spurt, after a new wait.
      waiting = true;
      startAt = next.arrivedAt + target;
    } else if (unheard < next.ticks) {
      // What was made up while nothing was there has covered the gap.
      play(next);
    } else {
      concealedTicks += next.ticks;
      cursor += next.ticks;
      if (missing == 1) {
        append(sound.recover(next.payload, next.ticks));
      } else {
        append(sound.conceal(next.ticks / 3));
      }
      nextSequence = Math.min(nextSequence + 1, next.sequence);
    }
  }

  private void play(Queued next) {
    queue.remove(next.sequence);
    append(sound.decode(next.payload, next.ticks));
    nextSequence = next.sequence + 1;
    cursor = next.timestamp + next.ticks;
    concealedTicks += held;
    held = 0;
  }

  private void reserve(int samples) {
    if (fifoSize + samples > fifo.length) {
      fifo = Arrays.copyOf(fifo, 2 * (fifoSize + samples));
    }
  }

  private void append(int samples) {
    reserve(samples);
    System.arraycopy(sound.samples(), 0, fifo, fifoSize, samples);
    fifoSize += samples;
  }

  /** Plays faster while more waits than need be, and slower while less does. */
  private void stretch(long now) {
    levels[levelAt] = queue.ticks() + 3L * fifoSize - FRAME_TICKS;
    levelAt = (levelAt + 1) % LEVELS;
    sinceLonger++;
    long allowed = target * 48 / MS;
    boolean fast = least(RECENT_LEVELS) > allowed + FAST_EXCESS_TICKS;
    boolean shorter = fast || least(LEVELS) > allowed;
    boolean longer = sinceLonger >= RECENT_LEVELS && most() < allowed - FRAME_TICKS;
    if (waiting || queue.ticks() < 3 * TimeStretch.WINDOW || (!shorter && !longer)) {
      return;
    }
    fill(TimeStretch.WINDOW, now);
    int change;
    if (shorter) {
      change = -TimeStretch.shorten(fifo, 0, fifoSize, fast ? 0.3 : LIKE);
      shortenedSamples -= change;
    } else {
      reserve(TimeStretch.WINDOW);
      change = TimeStretch.lengthen(fifo, 0, fifoSize, LIKE);
      lengthenedSamples += change;
      sinceLonger = 0;
    }
    fifoSize += change;
    for (int i = 0; i < LEVELS; i++) {
      levels[i] += 3L * change;
    }
    fill(FRAME_SAMPLES, now);
  }

  private long most() {
    long most = Long.MIN_VALUE;
    for (long level : levels) {
      most = Math.max(most, level);
    }
    return most;
  }

  private long least(int last) {
    long least = Long.MAX_VALUE;
    for (int i = 1; i <= last; i++) {
      least = Math.min(least, levels[(levelAt - i + LEVELS) % LEVELS]);
    }
    return least;
  }

  /** Packets that came and were not heard. */
  long lost() {
    return latePackets + skippedPackets + sound.failures();
  }

  RtpReceiverStats stats(long packets) {
    return new RtpReceiverStats(
        packets,
        latePackets,
        skippedPackets,
        sound.failures(),
        concealedTicks / 48,
        shortenedSamples / 16,
        lengthenedSamples / 16,
        (queue.ticks() + 3L * fifoSize) / 48,
        target / MS);
  }
}
