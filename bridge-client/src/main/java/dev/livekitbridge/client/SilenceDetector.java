package dev.livekitbridge.client;

import java.util.concurrent.TimeUnit;

/**
 * Tells when a connection has been silent for too long although something is due: an answer to
 * audio or a ping, or more of the room's audio that was flowing a moment ago. The room's audio is
 * no answer, so that a link is noticed that is cut only on the way to the bridge. Pure.
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
  private volatile long answeredNanos;
  private volatile long roomAudioNanos;
  private volatile boolean roomAudio;
  private volatile long dueNanos;
  private volatile boolean due;
  private boolean pinged;
  private boolean wantsAnswer;
  private long pingNanos;

  SilenceDetector(HeartbeatOptions options, long now) {
    silenceNanos = options.silence().toNanos();
    graceNanos = options.pingGrace().toNanos();
    heardNanos = now;
    answeredNanos = now;
  }

  /** Anything came: the way from the bridge is open. */
  void heard(long now) {
    heardNanos = now;
  }

  /** An answer came (a pong, an acknowledgement, a response): both ways are open. */
  void answered(long now) {
    heardNanos = now;
    answeredNanos = now;
    if (due) {
      due = false;
    }
  }

  /** Audio of the room came. It answers nothing: the way to the bridge may be cut. */
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

  /** Whether what the last ping was to find out was found out after this time. */
  boolean aliveSince(long nanos) {
    return (wantsAnswer ? answeredNanos : heardNanos) - nanos > 0;
  }

  Verdict check(long now) {
    if (pinged) {
      if (aliveSince(pingNanos)) {
        pinged = false;
      } else {
        return now - pingNanos >= graceNanos ? Verdict.CHECK : Verdict.FINE;
      }
    }
    boolean unanswered = due && now - dueNanos >= silenceNanos;
    if (unanswered || (roomWasFlowing() && now - heardNanos >= silenceNanos)) {
      pinged = true;
      wantsAnswer = unanswered;
      pingNanos = now;
      return Verdict.PING;
    }
    return Verdict.FINE;
  }

  /** Whether a ping is out and not answered. */
  boolean suspicious() {
    return pinged && !aliveSince(pingNanos);
  }

  /** How long until another look is worth it. */
  long nanosToNext(long now) {
    if (suspicious()) {
      return Math.max(0, pingNanos + graceNanos - now);
    }
    long next = IDLE_LOOK_NANOS;
    if (due) {
      next = Math.min(next, dueNanos + silenceNanos - now);
    }
    if (roomWasFlowing()) {
      next = Math.min(next, heardNanos + silenceNanos - now);
    }
    return Math.max(0, next);
  }

  private boolean roomWasFlowing() {
    return roomAudio && heardNanos - roomAudioNanos <= FLOWING_NANOS;
  }
}
