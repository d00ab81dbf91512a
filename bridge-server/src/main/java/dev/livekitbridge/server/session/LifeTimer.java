package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * The one deadline that a session has in each of its states: for the room to be joined, for a
 * stream to come, for the stream to carry anything. Confined to the session's context.
 */
final class LifeTimer {
  /** Hears that the time is over. */
  interface Owner {
    /** What was waited for did not come. */
    void onTimeout(CloseReason reason, String detail);

    /** When the stream last carried anything. */
    long lastActivityNanos();

    /**
     * When a call was last told of a file that plays; its caller is there without a stream, too.
     */
    long lastCallNanos();
  }

  private final SessionSettings.Times times;
  private final SessionEnvironment environment;
  private final Owner owner;
  private final Alarm alarm;
  private @Nullable AttachedStream streaming;
  private boolean ready;
  private CloseReason reason = CloseReason.JOIN_TIMEOUT;
  private String detail = "";
  // When the alarm is to have fired: a session that lives longer is a zombie.
  private volatile long dueNanos;

  LifeTimer(SynchronizationContext context, SessionEnvironment environment, Owner owner) {
    this.environment = environment;
    this.times = environment.settings().times();
    this.owner = owner;
    this.alarm = new Alarm(context, environment, this::onAlarm);
    // Its start may have to wait for the end of another session.
    this.dueNanos = environment.time().nanoTime() + 2 * times.joinNanos();
  }

  void joining() {
    long limit = times.joinNanos();
    waitFor(limit, CloseReason.JOIN_TIMEOUT, "the room was not joined within " + seconds(limit));
  }

  void ready() {
    long limit = times.attachNanos();
    waitFor(limit, CloseReason.INACTIVE, "no stream for " + seconds(limit));
    ready = true;
  }

  void detached(Lease lease) {
    // A takeover without a window of its own still gets the time to attach.
    long limit = lease.resumable() ? lease.windowNanos() : times.attachNanos();
    waitFor(
        limit,
        CloseReason.STREAM_BROKEN,
        "no stream within the resume window of " + seconds(limit));
  }

  /** Called when a stream begins, and when it turns out to send heartbeats. */
  void streaming(AttachedStream stream) {
    streaming = stream;
    ready = false;
    arm(owner.lastActivityNanos() + limit(stream));
  }

  /** Any thread: whether its time was over before this one. */
  boolean overdue(long nanos) {
    return dueNanos - nanos < 0;
  }

  void cancel() {
    alarm.cancel();
  }

  static String seconds(long nanos) {
    double seconds = nanos / 1e9;
    return seconds == Math.rint(seconds) ? (long) seconds + "s" : seconds + "s";
  }

  private void waitFor(long nanos, CloseReason ifNot, String text) {
    streaming = null;
    ready = false;
    reason = ifNot;
    detail = text;
    arm(environment.time().nanoTime() + nanos);
  }

  private void onAlarm() {
    AttachedStream stream = streaming;
    if (stream == null) {
      long due = ready ? owner.lastCallNanos() + times.attachNanos() : dueNanos;
      if (due - environment.time().nanoTime() > 0) {
        arm(due);
      } else {
        owner.onTimeout(reason, detail);
      }
      return;
    }
    // Activity does not move the alarm: it looks back when it fires.
    long limit = limit(stream);
    long lastNanos = owner.lastActivityNanos();
    if (environment.time().nanoTime() - lastNanos >= limit) {
      owner.onTimeout(CloseReason.INACTIVE, "no activity for " + seconds(limit));
    } else {
      arm(lastNanos + limit);
    }
  }

  private void arm(long nanos) {
    dueNanos = nanos;
    alarm.arm(nanos);
  }

  private long limit(AttachedStream stream) {
    return stream.heartbeatSeen()
        ? times.inactivityNanos()
        : times.inactivityWithoutHeartbeatNanos();
  }
}
