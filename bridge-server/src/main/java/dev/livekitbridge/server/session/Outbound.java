package dev.livekitbridge.server.session;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.link.LinkLimits;
import dev.livekitbridge.core.link.ReceiveLink;
import dev.livekitbridge.core.link.SendLink;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import io.grpc.SynchronizationContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that goes to the client: the room's audio, acknowledgements of the client's, pongs and
 * the word that the bridge drains. Confined to the session's context.
 */
final class Outbound {
  private final SendLink link;
  private final ReceiveLink received;
  private final TimeSource time;
  private final long sendNanos;
  private final long ackNanos;
  private final Alarm ackAlarm;
  private final Alarm sendAlarm;
  private @Nullable AttachedStream stream;
  private boolean blocked;
  private long blockedSinceNanos;
  private long bytes;
  private boolean pongWaits;
  private long pong;

  /**
   * For a session without a stream.
   *
   * @param received what the client sent, for its acknowledgements
   * @param onSendTimeout audio waited and the transport took none for the send timeout
   */
  Outbound(
      LinkLimits limits,
      ReceiveLink received,
      SynchronizationContext context,
      SessionEnvironment environment,
      Runnable onSendTimeout) {
    this.link = new SendLink(limits, environment.budget());
    this.received = received;
    this.time = environment.time();
    this.sendNanos = environment.settings().times().sendNanos();
    this.ackNanos = environment.settings().flow().ackNanos();
    this.ackAlarm = new Alarm(context, environment, this::pump);
    this.sendAlarm = new Alarm(context, environment, onSendTimeout);
  }

  /** A stream for a peer that knows nothing of ours. */
  void attachPlain(AttachedStream next) {
    stream = next;
    link.attachPlain();
    pump();
  }

  /**
   * A stream for one of ours: the attach chunk goes first, then what the peer did not acknowledge.
   *
   * @param fresh whether numbers begin at 1
   * @param replayMaxAgeNanos what is older is skipped; 0 for nothing
   */
  void attachReliable(
      AttachedStream next, Map<Integer, Long> peerAcks, boolean fresh, long replayMaxAgeNanos) {
    stream = next;
    if (fresh) {
      link.attachNew(Map.of());
    } else {
      link.attachSame(peerAcks);
    }
    long now = time.nanoTime();
    link.expire(now);
    if (replayMaxAgeNanos > 0) {
      link.dropAcceptedBefore(now - replayMaxAgeNanos);
    }
    next.send(
        empty()
            .addAllAcknowledged(TrackSequences.list(received.acknowledged()))
            .addAllOldestKept(TrackSequences.list(link.oldestKept()))
            .build());
    received.acknowledgementSent();
    pump();
  }

  /** The stream ends; where it can still be heard, the client learns first what was dealt with. */
  void detach() {
    AttachedStream from = stream;
    if (from != null && from.reliable() && received.ackPending() && from.isReady()) {
      sendAcknowledgement(from);
    }
    stream = null;
    link.detach();
    pongWaits = false;
    blocked = false;
    sendAlarm.disarm();
    ackAlarm.disarm();
  }

  /** The room's audio; goes with the next {@link #pump}. */
  void offer(AudioFrame frame, long nowNanos) {
    link.offer(frame, nowNanos);
  }

  /** Audio of the room that was lost before it came here. */
  void lost(DropCause cause, long frames) {
    link.lost(cause, frames);
  }

  /** What the client has dealt with. */
  void acknowledged(Map<Integer, Long> acknowledged) {
    link.acknowledge(acknowledged);
  }

  /** Answers a ping; where the transport takes nothing now, the last one is answered later. */
  void ping(long number) {
    pong = number;
    pongWaits = true;
    pump();
  }

  /** Tells one of ours that this bridge closes. */
  void drain(long millis) {
    if (stream != null) {
      stream.send(empty().setDrainMs((int) Math.min(millis, Integer.MAX_VALUE)).build());
    }
  }

  /** Sends what the transport takes. */
  void pump() {
    AttachedStream to = stream;
    if (to == null) {
      return;
    }
    long now = time.nanoTime();
    if (pongWaits && to.isReady()) {
      pongWaits = false;
      to.send(withAcknowledgement(empty().setPong(pong), to, now, false).build());
    }
    // Asking the transport takes a lock that its event loop wants too: only where it matters.
    while (link.hasSendable() && to.isReady()) {
      AudioFrame frame = link.poll(now);
      if (frame == null) {
        break;
      }
      to.send(chunk(frame, to, now));
      bytes += frame.size();
      blocked = false;
    }
    watchTransport(now);
    if (to.reliable()) {
      acknowledge(to, now);
    }
  }

  void close() {
    stream = null;
    link.close();
    sendAlarm.cancel();
    ackAlarm.cancel();
  }

  /** Audio that was given to streams. */
  long bytes() {
    return bytes;
  }

  FrameCounts counts() {
    return link.counts();
  }

  private void watchTransport(long now) {
    // What is left over was left by a transport that takes nothing.
    if (!link.hasSendable()) {
      blocked = false;
      sendAlarm.disarm();
    } else if (!blocked) {
      blocked = true;
      blockedSinceNanos = now;
      sendAlarm.arm(blockedSinceNanos + sendNanos);
    }
  }

  private void acknowledge(AttachedStream to, long now) {
    if (!received.ackPending()) {
      return;
    }
    if (!received.ackDue(now)) {
      ackAlarm.arm(received.ackDueNanos());
    } else if (to.isReady()) {
      sendAcknowledgement(to);
    }
  }

  private void sendAcknowledgement(AttachedStream to) {
    to.send(empty().addAllAcknowledged(TrackSequences.list(received.acknowledged())).build());
    received.acknowledgementSent();
  }

  private AudioChunk chunk(AudioFrame frame, AttachedStream to, long now) {
    AudioChunk.Builder chunk =
        AudioChunk.newBuilder()
            .setPcmData(frame.toByteString())
            .setSampleRate(frame.format().sampleRate())
            .setChannels(frame.format().channels())
            .setTimestampMs(frame.timestampMillis())
            .setTrackId(frame.track().value());
    if (to.reliable()) {
      chunk.setSequence(link.polledSequence()).setSource(frame.source());
      withAcknowledgement(chunk, to, now, true);
    }
    return chunk.build();
  }

  /** On audio only when its time has half come: a map for each chunk would be waste. */
  private AudioChunk.Builder withAcknowledgement(
      AudioChunk.Builder chunk, AttachedStream to, long now, boolean sparing) {
    if (to.reliable()
        && received.ackPending()
        && (!sparing
            || received.ackDue(now)
            || now - (received.ackDueNanos() - ackNanos / 2) >= 0)) {
      chunk.addAllAcknowledged(TrackSequences.list(received.acknowledged()));
      received.acknowledgementSent();
    }
    return chunk;
  }

  private AudioChunk.Builder empty() {
    return AudioChunk.newBuilder()
        .setSampleRate(16_000)
        .setChannels(1)
        .setTimestampMs(time.epochMillis());
  }
}
