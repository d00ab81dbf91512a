package dev.livekitbridge.server.session;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.server.room.Room;
import io.grpc.SynchronizationContext;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A session's link to its client: audio of both directions, and the stream that carries it, if
 * there is one now. What lives longer than a stream lives here. Confined to the session's context.
 */
final class ClientLink {
  private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final SessionEnvironment environment;
  private final String userId;
  private final Inbound inbound;
  private final Outbound outbound;
  private final FrameReport frames;
  private final Alarm report;
  private final Runnable onProgress;
  private @Nullable AttachedStream stream;
  private boolean taking;
  private long lastActivityNanos;
  private long lastAudioNanos;
  // As the alarm knows, but at hand: it is asked with each frame.
  private boolean reportArmed;
  private boolean closed;

  /**
   * A link without a stream.
   *
   * @param name of the session in the log
   * @param onProgress frames were dealt with outside of {@link #take}
   * @param onSendTimeout the transport of the stream took no audio for the send timeout
   */
  ClientLink(
      Lease lease,
      String name,
      SynchronizationContext context,
      SessionEnvironment environment,
      Runnable onProgress,
      Runnable onSendTimeout) {
    SessionSettings.Flow flow = environment.settings().flow();
    boolean keeps = lease.resumable() || !lease.resumeKey().isEmpty();
    this.environment = environment;
    this.userId = lease.room().userId();
    this.onProgress = onProgress;
    this.inbound = new Inbound(context, environment, name, this::onDealtWith);
    this.outbound =
        new Outbound(
            keeps ? flow.retention() : flow.channel(),
            inbound.link(),
            context,
            environment,
            onSendTimeout);
    this.frames = new FrameReport(environment.metrics(), environment.log(), name);
    this.report = new Alarm(context, environment, this::report);
    this.lastAudioNanos = environment.time().nanoTime();
  }

  @Nullable AttachedStream stream() {
    return stream;
  }

  Inbound inbound() {
    return inbound;
  }

  /** When the stream last carried anything, or the room last spoke. */
  long lastActivityNanos() {
    return lastActivityNanos;
  }

  /** Whether the room is lost for now. */
  void roomAway(boolean away) {
    inbound.roomAway(away);
  }

  void joined(Room room) {
    inbound.joined(room);
  }

  /** Makes a stream the current one. */
  void attach(AttachedStream next, AudioChunk first, Lease lease) {
    stream = next;
    lastActivityNanos = environment.time().nanoTime();
    environment.metrics().streamAttached();
    inbound.liveMaxDelay(lease.liveMaxDelayNanos());
    boolean resumed = false;
    if (next.reliable()) {
      boolean fresh = inbound.attachReliable();
      outbound.attachReliable(
          next, TrackSequences.map(first.getAcknowledgedList()), fresh, lease.replayMaxAgeNanos());
      // Only now: our first chunk must not acknowledge what never came.
      inbound.skipTo(TrackSequences.map(first.getOldestKeptList()));
      resumed = !fresh;
    } else {
      inbound.attachPlain();
      outbound.attachPlain(next);
    }
    next.begin(resumed);
  }

  /** Ends the current stream, if there is one; what it had not sent is kept. */
  void detach(CloseReason reason, String detail) {
    AttachedStream old = stream;
    if (old != null) {
      stream = null;
      outbound.detach();
      environment.metrics().streamDetached();
      old.end(reason, detail);
    }
  }

  /**
   * Takes a chunk of the current stream.
   *
   * @return what ends the stream, or null
   */
  @Nullable String take(AudioChunk chunk) {
    AttachedStream from = stream;
    if (from == null) {
      return null;
    }
    lastActivityNanos = environment.time().nanoTime();
    taking = true;
    try {
      String fault = takeFrom(from, chunk);
      if (fault == null) {
        from.requestNext(inbound.full());
      }
      return fault;
    } finally {
      taking = false;
    }
  }

  /** Audio of the room; goes with the next {@link #pump}. */
  void offer(AudioFrame frame) {
    lastActivityNanos = environment.time().nanoTime();
    outbound.offer(frame, lastActivityNanos);
    reportSoon();
  }

  /** Audio of the room that was lost before it came here: it is counted. */
  void lost(DropCause cause, long frames) {
    lastActivityNanos = environment.time().nanoTime();
    outbound.lost(cause, frames);
    reportSoon();
  }

  /** Sends what waits, and lets the client send where it was held. */
  void pump() {
    AttachedStream current = stream;
    if (current != null) {
      if (!inbound.full()) {
        current.release();
      }
      outbound.pump();
    }
  }

  /** Whether all that the client sent has been handed to the room. */
  boolean inboundIdle() {
    return inbound.idle();
  }

  /** Tells the client that this bridge closes, if it can hear it. */
  void drain(long millis) {
    AttachedStream current = stream;
    if (current != null && current.reliable()) {
      outbound.drain(millis);
    }
  }

  /** How long ago the client's last audio came, or how old the link is. */
  long lastAudioAgeMillis() {
    return TimeUnit.NANOSECONDS.toMillis(environment.time().nanoTime() - lastAudioNanos);
  }

  Map<Integer, Long> lastReceived() {
    return inbound.link().lastReceived();
  }

  long bytesSent() {
    return outbound.bytes();
  }

  FrameCounts toClient() {
    return outbound.counts();
  }

  FrameCounts toRoom() {
    return inbound.counts();
  }

  /** Gives up what it holds, and tells what became of everything. */
  void close() {
    inbound.close();
    outbound.close();
    report.cancel();
    closed = true;
    report();
  }

  private @Nullable String takeFrom(AttachedStream from, AudioChunk chunk) {
    boolean reliable = from.reliable();
    if (reliable) {
      if (chunk.getAcknowledgedCount() > 0) {
        outbound.acknowledged(TrackSequences.map(chunk.getAcknowledgedList()));
      }
      if (chunk.getPing() != 0) {
        outbound.ping(chunk.getPing());
      }
    }
    boolean audio = !chunk.getPcmData().isEmpty();
    String user = chunk.getUserId();
    if (!user.isEmpty() && !user.equals(userId)) {
      String fault = "user_id: changed within the stream (expected: that of the first chunk)";
      return reliable && audio && chunk.getSequence() > 0
          ? inbound.dropInvalid(chunk, fault, lastActivityNanos)
          : fault;
    }
    if (!audio) {
      from.heartbeat();
      return null;
    }
    lastAudioNanos = lastActivityNanos;
    reportSoon();
    return inbound.onAudio(chunk, reliable, lastActivityNanos);
  }

  private void onDealtWith() {
    // Within take, the pump that follows the last of its chunks does for all of them.
    if (!taking) {
      onProgress.run();
    }
  }

  private void reportSoon() {
    if (!reportArmed) {
      reportArmed = true;
      report.arm(lastActivityNanos + REPORT_NANOS);
    }
  }

  private void report() {
    reportArmed = false;
    FrameCounts out = outbound.counts();
    FrameCounts in = inbound.counts();
    frames.report(out, in);
    if (!closed && out.buffered() + in.buffered() > 0) {
      // What is held now is dealt with later, maybe without another frame.
      reportArmed = true;
      report.arm(environment.time().nanoTime() + REPORT_NANOS);
    }
  }
}
