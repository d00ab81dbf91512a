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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a session: passes each frame once to the caller's queue, and says what to
 * acknowledge. Confined to the session's executor, but for {@link #ackOverdue}.
 */
final class FrameReceiver implements Delivery.Books {
  static final int ACK_FRAMES = 10;
  // The sweep that sends acknowledgements of their own runs every 20 ms: 100 ms in all.
  static final long ACK_NANOS = TimeUnit.MILLISECONDS.toNanos(80);

  // A frame in 20 ms is usual: the one before the acknowledgement is due takes it along.
  private static final long RIDE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  // What a bridge that is lost had heard and not brought: a slow network's way.
  private static final long ON_THE_WAY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  // What is done every second was not done: the whole process stood still.
  private static final long STILL_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);

  private final ReceiveLink link = new ReceiveLink(ACK_FRAMES, ACK_NANOS);
  private final Delivery delivery;
  private final boolean packets;
  private final long heartbeatNanos;
  private final Consumer<LostSpan> lost;
  // What the caller was given of late, where a second place may have to go on after it.
  private @Nullable RecentFrames recent;
  // Until the frames of a new place are sorted out from those of the old one.
  private @Nullable Seam seam;
  private boolean numbered;
  // Nothing was kept at the bridge before the next attach.
  private boolean fresh;
  private boolean heardBefore;
  private boolean closed;
  private long lastFrameNanos;
  private long aliveNanos;
  private TrackId lastTrack = TrackId.SPEAKER;
  private long nowNanos;
  private volatile boolean ackPending;
  private volatile long ackDueNanos;

  /** {@code packets}: whether only data packets of the room come. */
  FrameReceiver(Delivery delivery, boolean packets, long heartbeatNanos, Consumer<LostSpan> lost) {
    this.packets = packets;
    this.heartbeatNanos = heartbeatNanos;
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
    fresh = true;
    link.attachNew();
    tellHole(now);
    publishAck();
  }

  /** A session that lived before this process knew it; one who heard another missed its start. */
  void attachUnknown(long now) {
    collect(now);
    numbered = true;
    fresh = false;
    link.attachUnknown();
    tellHole(now);
    publishAck();
  }

  /** The bridge's first chunk: what it cannot send any more is lost. */
  void onOldestKept(Map<Integer, Long> oldestKept, long now) {
    if (!fresh) {
      delivery.expectBurst();
    }
    fresh = false;
    Map<Integer, Long> gone = link.onOldestKept(oldestKept);
    gone.forEach(
        (track, last) -> {
          Long oldest = oldestKept.get(track);
          if (track >= 0 && oldest != null) {
            tellLost(TrackId.of(track), last + 1, oldest - 1, silenceNanos(now));
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
      tellLost(TrackId.of(track), sequence - link.gap(), sequence - 1, silenceNanos(now));
    }
    heardBefore = true;
    lastFrameNanos = now;
    AudioFrame frame = frame(chunk);
    if (frame == null) {
      link.dropped(link.epoch(), track, sequence, DropCause.INVALID, now);
      publishAck();
    } else if (seam == null && recent == null) {
      lastTrack = frame.track();
      delivery.offer(frame, link.epoch(), this);
    } else {
      boolean unused = pass(frame, Heard.of(frame, now), now);
    }
    return true;
  }

  /** The frame of a chunk with audio; null if it is not valid audio. */
  static @Nullable AudioFrame frame(AudioChunk chunk) {
    try {
      return AudioFrame.received(
          chunk.getPcmData(),
          AudioFormat.of(chunk.getSampleRate(), chunk.getChannels()),
          TrackId.of(chunk.getTrackId()),
          chunk.getTimestampMs(),
          chunk.getSequence(),
          chunk.getSource());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Remembers what the caller is given, from now on or no more. */
  void remember(boolean on) {
    if (!on) {
      recent = null;
    } else if (recent == null) {
      recent = new RecentFrames(packets, heartbeatNanos);
    }
  }

  /** How the room's audio of a second place would go on after what was given until now. */
  SessionEvent.Join match(WarmLane warm, long now) {
    return seamTo(warm, now).kind();
  }

  /** Whether the caller was given anything yet. */
  boolean heardBefore() {
    return heardBefore;
  }

  /** The stream of now brought a sign of life: what the room said until then came before it. */
  void alive(long now) {
    aliveNanos = now;
  }

  /**
   * A second place is the session's from now on: each of its frames is passed on once.
   *
   * @param broken whether the first place was lost, with what was on its way
   */
  SessionEvent.Join goOn(WarmLane warm, boolean broken, long now) {
    collect(now);
    Seam found = seamTo(warm, now);
    List<WarmLane.Kept> kept = List.copyOf(warm.kept(now));
    // Where nothing matches, only time tells whether one of both places listened at any moment.
    long old = Math.max(lastFrameNanos, aliveNanos) - (broken ? ON_THE_WAY_NANOS : 0);
    boolean unmatched = found.kind() != SessionEvent.Join.MATCHED;
    if (found.torn() || (unmatched && warm.sinceNanos(now) - old > 0)) {
      tellHole(now);
    }
    numbered = true;
    link.adopt(warm.link());
    delivery.expectBurst();
    seam = found;
    long heardUntil = lastFrameNanos;
    for (WarmLane.Kept each : kept) {
      long came = each.heard().nanos();
      if (pass(each.frame(), each.heard(), now) && each.gap() > 0) {
        long sequence = each.frame().sequence();
        tellLost(each.frame().track(), sequence - each.gap(), sequence - 1, came - heardUntil);
      }
      heardUntil = Math.max(heardUntil, came);
    }
    aliveNanos = now;
    publishAck();
    return found.kind();
  }

  private Seam seamTo(WarmLane warm, long now) {
    RecentFrames given = recent;
    return Seam.find(given == null ? List.of() : given.all(now), warm.keptHeard(now), packets, now);
  }

  private boolean pass(AudioFrame frame, Heard heard, long now) {
    Seam open = seam;
    if (open != null) {
      if (open.settled(now)) {
        seam = null;
      } else if (!open.isNew(heard)) {
        link.duplicate(link.epoch(), frame.track().value(), frame.sequence(), now);
        publishAck();
        return false;
      }
    }
    lastTrack = frame.track();
    heardBefore = true;
    lastFrameNanos = now;
    RecentFrames given = recent;
    if (given != null) {
      given.add(heard, now);
    }
    delivery.offer(frame, link.epoch(), this);
    return true;
  }

  /** Notes what the consumer has done meanwhile. */
  void collect(long now) {
    RecentFrames given = recent;
    if (given != null && now - nowNanos > STILL_NANOS) {
      given.stoodStill(now - nowNanos);
    }
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

  private long silenceNanos(long now) {
    return heardBefore ? now - lastFrameNanos : 0;
  }

  private void tellLost(TrackId track, long from, long to, long silenceNanos) {
    lost.accept(new LostSpan(track, from, to, Duration.ofNanos(Math.max(0, silenceNanos))));
  }

  /** What the room said while no bridge was there has no numbers. */
  private void tellHole(long now) {
    if (heardBefore) {
      tellLost(lastTrack, 0, 0, silenceNanos(now));
    }
  }
}
