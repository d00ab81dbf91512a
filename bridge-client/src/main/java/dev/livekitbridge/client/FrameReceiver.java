package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.LostSpan;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.link.ReceiveLink;
import dev.livekitbridge.proto.AudioChunk;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The receiving half of a session: passes each frame once to the caller's queue, and says what to
 * acknowledge. Confined to the session's executor, but for {@link #ackOverdue}.
 */
final class FrameReceiver implements Delivery.Books {
  private static final int ACK_FRAMES = 10;
  // The sweep that sends acknowledgements of their own runs every 20 ms: 100 ms in all.
  private static final long ACK_NANOS = TimeUnit.MILLISECONDS.toNanos(80);

  // A frame in 20 ms is usual: the one before the acknowledgement is due takes it along.
  private static final long RIDE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  private final ReceiveLink link = new ReceiveLink(ACK_FRAMES, ACK_NANOS);
  private final Delivery delivery;
  private final Consumer<LostSpan> lost;
  private boolean numbered;
  private boolean heardBefore;
  private boolean closed;
  private long lastFrameNanos;
  private TrackId lastTrack = TrackId.SPEAKER;
  private long nowNanos;
  private volatile boolean ackPending;
  private volatile long ackDueNanos;

  FrameReceiver(Delivery delivery, Consumer<LostSpan> lost) {
    this.delivery = delivery;
    this.lost = lost;
  }

  /** A stream to a bridge that does not number its frames. */
  void attachPlain(long now) {
    collect(now);
    numbered = false;
    link.attachPlain();
    tellHole(now);
  }

  /** A new session, which begins at 1. */
  void attachNew(long now) {
    collect(now);
    numbered = true;
    link.attachNew();
    tellHole(now);
    publishAck();
  }

  /** A session that lived before this process knew it. */
  void attachUnknown(long now) {
    collect(now);
    numbered = true;
    link.attachUnknown();
    publishAck();
  }

  /** The bridge's first chunk: what it cannot send any more is lost. */
  void onOldestKept(Map<Integer, Long> oldestKept, long now) {
    Map<Integer, Long> gone = link.onOldestKept(oldestKept);
    gone.forEach(
        (track, last) -> {
          Long oldest = oldestKept.get(track);
          if (track >= 0 && oldest != null) {
            tellLost(TrackId.of(track), last + 1, oldest - 1, now);
          }
        });
  }

  /** Audio came. Returns false if it breaks the protocol and the stream must not go on. */
  boolean onAudio(AudioChunk chunk, long now) {
    int track = chunk.getTrackId();
    long sequence = chunk.getSequence();
    if (track < 0 || (numbered && sequence <= 0)) {
      return false;
    }
    collect(now);
    if (link.onFrame(track, sequence) == ReceiveLink.Verdict.DUPLICATE) {
      return true;
    }
    if (link.gap() > 0) {
      tellLost(TrackId.of(track), sequence - link.gap(), sequence - 1, now);
    }
    heardBefore = true;
    lastFrameNanos = now;
    AudioFrame frame;
    try {
      TrackId id = TrackId.of(track);
      lastTrack = id;
      frame =
          AudioFrame.received(
              chunk.getPcmData(),
              AudioFormat.of(chunk.getSampleRate(), chunk.getChannels()),
              id,
              chunk.getTimestampMs(),
              sequence,
              chunk.getSource());
    } catch (IllegalArgumentException e) {
      link.dropped(link.epoch(), track, sequence, DropCause.INVALID, now);
      publishAck();
      return true;
    }
    delivery.offer(frame, link.epoch(), this);
    return true;
  }

  /** Notes what the consumer has done meanwhile. */
  void collect(long now) {
    nowNanos = now;
    if (delivery.anyDone()) {
      delivery.collect(this);
      publishAck();
    }
  }

  @Override
  public void delivered(AudioFrame frame, int epoch, long doneNanos) {
    link.delivered(epoch, frame.track().value(), frame.sequence(), doneNanos);
  }

  @Override
  public void dropped(AudioFrame frame, int epoch) {
    DropCause cause = closed ? DropCause.CLOSED : DropCause.SLOW_CONSUMER;
    link.dropped(epoch, frame.track().value(), frame.sequence(), cause, nowNanos);
  }

  /** Any thread: whether an acknowledgement should go although no chunk comes along. */
  boolean ackOverdue(long now) {
    if (ackPending && now - ackDueNanos >= 0) {
      return true;
    }
    return delivery.anyDone() && now - delivery.firstDoneNanos() >= ACK_NANOS;
  }

  /** Any thread: whether {@link #ackOverdue} may become true by itself. */
  boolean ackMayFollow() {
    return ackPending || delivery.anyDone();
  }

  /** What to put on a frame that goes now anyway: an acknowledgement that is nearly due. */
  Map<Integer, Long> acknowledgementToRide(long now) {
    if (!numbered) {
      return Map.of();
    }
    collect(now);
    boolean nearlyDue = link.ackPending() && now - (link.ackDueNanos() - RIDE_NANOS) >= 0;
    return nearlyDue ? acknowledgement() : Map.of();
  }

  /** An acknowledgement that must not wait for a frame, or nothing. */
  Map<Integer, Long> acknowledgementIfDue(long now) {
    if (!numbered || !link.ackPending() || !link.ackDue(now)) {
      return Map.of();
    }
    return acknowledgement();
  }

  /** For the first chunk of a stream: everything dealt with until now. */
  Map<Integer, Long> attachAcknowledgement(long now) {
    collect(now);
    return acknowledgement();
  }

  /** What is dealt with; counts as sent. */
  Map<Integer, Long> acknowledgement() {
    if (!numbered) {
      return Map.of();
    }
    Map<Integer, Long> acknowledged = link.acknowledged();
    link.acknowledgementSent();
    publishAck();
    return acknowledged;
  }

  FrameCounts counts(long now) {
    collect(now);
    return link.counts();
  }

  void close(long now) {
    nowNanos = now;
    closed = true;
    delivery.close(this);
    ackPending = false;
  }

  private void publishAck() {
    boolean pending = numbered && link.ackPending();
    if (pending) {
      ackDueNanos = link.ackDueNanos();
    }
    if (ackPending != pending) {
      ackPending = pending;
    }
  }

  private void tellLost(TrackId track, long from, long to, long now) {
    Duration duration = heardBefore ? Duration.ofNanos(now - lastFrameNanos) : Duration.ZERO;
    lost.accept(new LostSpan(track, from, to, duration));
  }

  /** What the room said while no bridge was there has no numbers. */
  private void tellHole(long now) {
    if (heardBefore) {
      tellLost(lastTrack, 0, 0, now);
    }
  }
}
