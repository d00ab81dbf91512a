package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.concurrent.Handover;
import dev.livekitbridge.core.link.RetentionBudget;
import dev.livekitbridge.core.link.SendLink;
import io.grpc.SynchronizationContext;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a session: {@link #send} on any thread puts a frame into an inbox; the rest
 * runs on the session's executor, keeps the frame in the link and sends what the stream takes.
 */
final class FrameSender {
  // A track that was silent for longer is published when it speaks again.
  private static final long IN_USE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final SynchronizationContext sync;
  private final TimeSource time;
  private final FrameReceiver receiver;
  private final Runnable tellReady;
  private final SendLink link;
  private final boolean dropsNewest;
  private final int inboxLimit;
  private final long maxDelayNanos;

  private final Handover<AudioFrame> inbox;
  private final LongAdder refusedFull = new LongAdder();
  private final LongAdder refusedClosed = new LongAdder();
  private final Object trackLock = new Object();
  private volatile int[] tracks = new int[0];

  // How things stand, for the hints that send() gives.
  private volatile boolean live;
  private volatile boolean congested;
  private volatile boolean full;
  private volatile boolean closed;
  private volatile boolean senderWaits;

  private @Nullable StreamAttempt stream;
  private boolean held;

  FrameSender(
      SynchronizationContext sync,
      TimeSource time,
      BufferOptions options,
      RetentionBudget budget,
      long maxDelayNanos,
      FrameReceiver receiver,
      Runnable tellReady) {
    this.sync = sync;
    this.time = time;
    this.receiver = receiver;
    this.tellReady = tellReady;
    this.link = new SendLink(options.linkLimits(), budget);
    this.dropsNewest = options.overflow() == BufferOptions.Overflow.DROP_NEWEST;
    this.inboxLimit = options.maxFrames();
    this.maxDelayNanos = maxDelayNanos;
    this.inbox = new Handover<>(sync, this::take, this::pump);
  }

  /** Any thread: checks that the session may send this track. */
  void admit(int track) {
    for (int known : tracks) {
      if (known == track) {
        return;
      }
    }
    synchronized (trackLock) {
      int[] now = tracks;
      for (int known : now) {
        if (known == track) {
          return;
        }
      }
      if (now.length == SessionRequest.MAX_TRACKS) {
        throw new IllegalArgumentException(
            "track_id: "
                + track
                + " (expected: one of the "
                + SessionRequest.MAX_TRACKS
                + " tracks that the session sends already)");
      }
      int[] more = Arrays.copyOf(now, now.length + 1);
      more[now.length] = track;
      tracks = more;
    }
  }

  /** Any thread: takes a frame of an admitted track. */
  SendResult send(AudioFrame frame) {
    if (closed) {
      refusedClosed.increment();
      return SendResult.DROPPED;
    }
    boolean now = live && !congested;
    if (!now) {
      senderWaits = true;
    }
    if (full || inbox.waiting() >= inboxLimit) {
      refusedFull.increment();
      senderWaits = true;
      inbox.wake();
      return SendResult.DROPPED;
    }
    inbox.add(frame);
    return now ? SendResult.ACCEPTED : SendResult.BUFFERED;
  }

  /** A stream is up in the session of before; the bridge has dealt with so much. */
  void attachSame(StreamAttempt to, Map<Integer, Long> acknowledged) {
    sync.throwIfNotInThisSynchronizationContext();
    link.attachSame(acknowledged);
    attached(to);
  }

  /** A stream to a bridge that does not acknowledge is up. */
  void attachPlain(StreamAttempt to) {
    sync.throwIfNotInThisSynchronizationContext();
    link.attachPlain();
    attached(to);
  }

  /** The session is a new one, which has received so much from an earlier process. */
  void renumber(Map<Integer, Long> lastReceived) {
    sync.throwIfNotInThisSynchronizationContext();
    link.attachNew(lastReceived);
    link.detach();
  }

  /** Nothing more goes to the stream of now; what it acknowledges still counts. */
  void hold(boolean on) {
    sync.throwIfNotInThisSynchronizationContext();
    held = on;
    pump();
  }

  /** Whether the bridge has dealt with all that was sent. */
  boolean idle() {
    return !link.hasInFlight();
  }

  /** Tracks that the caller speaks on. */
  Set<Integer> tracksInUse() {
    sync.throwIfNotInThisSynchronizationContext();
    return link.tracksInUse(time.nanoTime() - IN_USE_NANOS);
  }

  void detach() {
    sync.throwIfNotInThisSynchronizationContext();
    stream = null;
    live = false;
    link.detach();
  }

  Map<Integer, Long> oldestKept() {
    return link.oldestKept();
  }

  void acknowledge(Map<Integer, Long> acknowledged) {
    link.acknowledge(acknowledged);
    pump();
  }

  /** Sends what the stream takes now. */
  void pump() {
    sync.throwIfNotInThisSynchronizationContext();
    StreamAttempt to = stream;
    if (to != null && !held) {
      long now = time.nanoTime();
      dropStale(now);
      // Asking the transport takes a lock that its event loop wants too: only where it matters.
      while (link.hasSendable() && to.isReady()) {
        AudioFrame frame = link.poll(now);
        if (frame == null) {
          break;
        }
        to.sendAudio(frame, link.polledSequence(), receiver.acknowledgementToRide(now), now);
      }
    }
    boolean waiting = link.hasUnsent();
    if (congested != waiting) {
      congested = waiting;
    }
    if (dropsNewest) {
      full = !link.hasRoom();
    }
    if (senderWaits && live && !waiting && !full) {
      senderWaits = false;
      tellReady.run();
    }
  }

  /** Whether everything accepted was handed to the stream. */
  boolean flushed() {
    return inbox.waiting() == 0 && !link.hasUnsent();
  }

  /** Gives up what is too old; for times without traffic. */
  void expire() {
    long now = time.nanoTime();
    link.expire(now);
    dropStale(now);
  }

  /** Nothing is taken from now on; what is held may still go. */
  void refuse() {
    closed = true;
  }

  /** Gives everything up. */
  void close() {
    sync.throwIfNotInThisSynchronizationContext();
    closed = true;
    detach();
    link.close();
  }

  FrameCounts counts() {
    sync.throwIfNotInThisSynchronizationContext();
    FrameCounts counts = link.counts();
    counts = counts.plus(refused(DropCause.OVERFLOW, refusedFull.sum()));
    return counts.plus(refused(DropCause.CLOSED, refusedClosed.sum()));
  }

  private static FrameCounts refused(DropCause cause, long frames) {
    return frames == 0
        ? FrameCounts.NONE
        : new FrameCounts(frames, 0, Map.of(cause, frames), 0, 0, 0, 0);
  }

  private void attached(StreamAttempt to) {
    stream = to;
    held = false;
    live = true;
    pump();
  }

  /** A listener who wants now does not want what is late. */
  private void dropStale(long now) {
    if (maxDelayNanos > 0) {
      link.dropAcceptedBefore(now - maxDelayNanos);
    }
  }

  private void take(AudioFrame frame) {
    link.offer(frame, time.nanoTime());
  }
}
