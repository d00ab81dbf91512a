package dev.livekitbridge.client;

import java.util.concurrent.TimeUnit;

/**
 * Tells when a connection has been silent for too long although something is due: an answer to
 * audio or a ping, or more of the room's audio that was flowing a moment ago. Pure.
 *
 * <p>What was heard and sent is noted by the streams of the connection, from any thread; the races
 * between them cost a few milliseconds at most. {@link #check} is called by one thread at a time.
 */
final class SilenceDetector {
  /** What to do. */
  enum Verdict {
    /** Nothing. */
    FINE,
    /** Ask for a sign of life. */
    PING,
    /** The ping was not answered: try another connection. */
    CHECK
  }

  private static final long FLOWING_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long IDLE_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final long silenceNanos;
  private final long graceNanos;
  private volatile long heardNanos;
  private volatile long roomAudioNanos;
  private volatile boolean roomAudio;
  private volatile long dueNanos;
  private volatile boolean due;
  private boolean pinged;
  private long pingNanos;

  SilenceDetector(HeartbeatOptions options, long now) {
    silenceNanos = options.silence().toNanos();
    graceNanos = options.pingGrace().toNanos();
    heardNanos = now;
  }

  /** Anything came. */
  void heard(long now) {
    heardNanos = now;
    if (due) {
      due = false;
    }
  }

  /** Audio of the room came. */
  void roomAudio(long now) {
    roomAudioNanos = now;
    if (!roomAudio) {
      roomAudio = true;
    }
    heard(now);
  }

  /** Something was sent that the bridge will answer. */
  void answerDue(long now) {
    if (!due) {
      dueNanos = now;
      due = true;
    }
  }

  /** Whether anything came after this time. */
  boolean heardSince(long nanos) {
    return heardNanos - nanos > 0;
  }

  Verdict check(long now) {
    if (pinged) {
      if (heardSince(pingNanos)) {
        pinged = false;
      } else {
        return now - pingNanos >= graceNanos ? Verdict.CHECK : Verdict.FINE;
      }
    }
    if (somethingIsDue() && now - silentSince() >= silenceNanos) {
      pinged = true;
      pingNanos = now;
      return Verdict.PING;
    }
    return Verdict.FINE;
  }

  /** Whether a ping is out and nothing came since. */
  boolean suspicious() {
    return pinged && !heardSince(pingNanos);
  }

  /** How long until another look is worth it. */
  long nanosToNext(long now) {
    if (pinged && !heardSince(pingNanos)) {
      return Math.max(0, pingNanos + graceNanos - now);
    }
    return somethingIsDue() ? Math.max(0, silentSince() + silenceNanos - now) : IDLE_LOOK_NANOS;
  }

  private boolean roomWasFlowing() {
    return roomAudio && heardNanos - roomAudioNanos <= FLOWING_NANOS;
  }

  private boolean somethingIsDue() {
    return due || roomWasFlowing();
  }

  private long silentSince() {
    return roomWasFlowing() ? heardNanos : dueNanos;
  }
}
