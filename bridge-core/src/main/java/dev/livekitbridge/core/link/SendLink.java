package dev.livekitbridge.core.link;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a link: takes frames in, says which one goes next, keeps each until the peer
 * has dealt with it, and sends again after a break. Its law: accepted = delivered + dropped +
 * buffered, after every call.
 *
 * <p>It is in one of three modes. <i>Detached</i> (at first): frames are held, none is to be sent.
 * <i>Plain</i>: the peer does not acknowledge, what is sent counts as delivered. <i>Reliable</i>:
 * frames carry sequences, one for each track, and stay until they are acknowledged.
 *
 * <p>Not thread-safe: confined to its session's executor. All times are of one monotonic clock, in
 * nanoseconds.
 */
public final class SendLink {
  private enum Mode {
    DETACHED,
    PLAIN,
    RELIABLE
  }

  private final LinkLimits limits;
  private final RetentionBudget budget;
  private final Ledger ledger = new Ledger();
  // A session has a handful of tracks: a scan beats a map.
  private SendTrack[] tracks = new SendTrack[0];
  private Mode mode = Mode.DETACHED;
  private int heldFrames;
  private long heldBytes;
  private boolean closed;
  private long polledSequence;

  /** A detached link. */
  public SendLink(LinkLimits limits, RetentionBudget budget) {
    this.limits = limits;
    this.budget = budget;
  }

  /**
   * Takes a frame in. When there is no room, the oldest goes or this one, as the limits say.
   *
   * @return false if this frame was dropped
   */
  public boolean offer(AudioFrame frame, long nowNanos) {
    ledger.accepted();
    if (closed) {
      ledger.dropped(DropCause.CLOSED, 1);
      return false;
    }
    expire(nowNanos);
    if (!makeRoom(frame.size())) {
      ledger.dropped(DropCause.OVERFLOW, 1);
      return false;
    }
    SendTrack track = track(frame.track().value());
    track.ring.add(frame, nowNanos);
    track.used = true;
    track.usedNanos = nowNanos;
    heldFrames++;
    heldBytes += frame.size();
    return true;
  }

  /** Frames that were to be offered and were lost on the way here. */
  public void lost(DropCause cause, long frames) {
    ledger.accepted(frames);
    ledger.dropped(cause, frames);
  }

  /** A stream to a peer that does not acknowledge. What was kept goes to it, oldest first. */
  public void attachPlain() {
    for (SendTrack track : tracks) {
      track.renumber(0, ledger);
    }
    mode = Mode.PLAIN;
  }

  /**
   * A stream to a peer that acknowledges, in the session of before: what the peer has not dealt
   * with goes again.
   *
   * @param peerAcknowledged the peer's word, by track
   */
  public void attachSame(Map<Integer, Long> peerAcknowledged) {
    acknowledge(peerAcknowledged);
    for (SendTrack track : tracks) {
      track.rewind(ledger);
    }
    mode = Mode.RELIABLE;
  }

  /**
   * A stream to a peer that acknowledges, in a new session: what is kept is numbered afresh.
   *
   * @param last by track, the highest sequence that the session knows already; numbers start after
   *     it. Empty for a session that knows none
   */
  public void attachNew(Map<Integer, Long> last) {
    for (SendTrack track : tracks) {
      track.renumber(last.getOrDefault(track.track, 0L), ledger);
    }
    last.forEach(
        (id, sequence) -> {
          if (find(id) == null) {
            track(id).renumber(sequence, ledger);
          }
        });
    mode = Mode.RELIABLE;
  }

  /** The stream is gone: frames are held from now on. */
  public void detach() {
    mode = Mode.DETACHED;
  }

  /** Whether {@link #poll} has something, so far as this half can tell. */
  public boolean hasSendable() {
    return nextTrack() != null;
  }

  /** Whether frames wait to be sent for the first time or again, window or not. */
  public boolean hasUnsent() {
    for (SendTrack track : tracks) {
      if (track.hasUnsent()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The next frame to send: the one accepted first, of the tracks that may send.
   *
   * @return the frame, whose number {@link #polledSequence} tells, or null if none is to be sent
   *     now
   */
  public @Nullable AudioFrame poll(long nowNanos) {
    expire(nowNanos);
    SendTrack track = nextTrack();
    if (track == null) {
      return null;
    }
    AudioFrame frame;
    if (mode == Mode.PLAIN) {
      frame = track.sendForGood();
      polledSequence = 0;
      forget(frame);
      ledger.delivered(1);
    } else {
      polledSequence = track.nextSequence();
      frame = track.send();
    }
    if (track.lastWasReplay()) {
      ledger.replayed();
    }
    return frame;
  }

  /** The sequence of the frame that {@link #poll} gave last; 0 towards a plain peer. */
  public long polledSequence() {
    return polledSequence;
  }

  /**
   * The peer dealt with everything up to these sequences. What it cannot know (higher than what was
   * sent) or has said before is ignored.
   */
  public void acknowledge(Map<Integer, Long> acknowledged) {
    if (!acknowledged.isEmpty()) {
      for (SendTrack track : tracks) {
        Long sequence = acknowledged.get(track.track);
        if (sequence != null) {
          acknowledge(track, sequence);
        }
      }
    }
  }

  /** For the attach chunk: by track, the first sequence that can still be sent. */
  public Map<Integer, Long> oldestKept() {
    Map<Integer, Long> oldest = new LinkedHashMap<>();
    for (SendTrack track : tracks) {
      oldest.put(track.track, track.firstKept());
    }
    return oldest;
  }

  /** Gives up what was accepted before this time; for listeners who want now, not all. */
  public void dropAcceptedBefore(long nanos) {
    dropOlder(nanos, DropCause.STALE);
  }

  /** Gives up what is older than the limits allow. Called by every offer and poll as well. */
  public void expire(long nowNanos) {
    if (heldFrames > 0) {
      dropOlder(nowNanos - limits.maxAgeNanos(), DropCause.OVERFLOW);
    }
  }

  /** Gives everything up. */
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (SendTrack track : tracks) {
      track.rewind(ledger);
      ledger.dropped(DropCause.CLOSED, track.ring.size());
      while (track.ring.size() > 0) {
        forget(track.ring.get(0));
        track.evict(DropCause.CLOSED);
      }
    }
    mode = Mode.DETACHED;
  }

  /** Whether anything sent on the stream of now is not acknowledged. */
  public boolean hasInFlight() {
    for (SendTrack track : tracks) {
      if (track.hasInFlight()) {
        return true;
      }
    }
    return false;
  }

  /** Tracks that hold frames, or took one since then. */
  public Set<Integer> tracksInUse(long sinceNanos) {
    Set<Integer> used = new TreeSet<>();
    for (SendTrack track : tracks) {
      if (track.ring.size() > 0 || (track.used && track.usedNanos - sinceNanos >= 0)) {
        used.add(track.track);
      }
    }
    return used;
  }

  /** Frames held: waiting, or sent and not acknowledged. */
  public int heldFrames() {
    return heldFrames;
  }

  /** Bytes held. */
  public long heldBytes() {
    return heldBytes;
  }

  /** Whether another frame of the usual size would fit without a loss. */
  public boolean hasRoom() {
    return !closed && heldFrames < limits.maxFrames() && heldBytes < limits.maxBytes();
  }

  /** The ledger. */
  public FrameCounts counts() {
    long doubtful = 0;
    for (SendTrack track : tracks) {
      doubtful += track.inDoubt();
    }
    return ledger.counts(heldFrames + doubtful);
  }

  private void acknowledge(SendTrack track, long sequence) {
    ledger.delivered(track.acknowledgeDoubtful(sequence));
    int frames = 0;
    long bytes = 0;
    while (track.firstIsAcknowledged()) {
      bytes += track.removeAcknowledged().size();
      frames++;
    }
    if (frames > 0) {
      // Once for all of them: the budget is shared by all sessions.
      heldFrames -= frames;
      heldBytes -= bytes;
      budget.give(bytes);
      ledger.delivered(frames);
    }
  }

  private void forget(AudioFrame frame) {
    heldFrames--;
    heldBytes -= frame.size();
    budget.give(frame.size());
  }

  private boolean makeRoom(int bytes) {
    while (heldFrames >= limits.maxFrames() || heldBytes + bytes > limits.maxBytes()) {
      if (limits.overflow() == LinkLimits.Overflow.DROP_NEWEST || !evictOldest()) {
        return false;
      }
    }
    while (!budget.tryTake(bytes)) {
      if (limits.overflow() == LinkLimits.Overflow.DROP_NEWEST || !evictOldest()) {
        return false;
      }
    }
    return true;
  }

  private boolean evictOldest() {
    SendTrack oldest = null;
    for (SendTrack track : tracks) {
      if (track.ring.size() > 0
          && (oldest == null || track.ring.acceptedNanos(0) - oldest.ring.acceptedNanos(0) < 0)) {
        oldest = track;
      }
    }
    if (oldest == null) {
      return false;
    }
    evict(oldest, DropCause.OVERFLOW);
    return true;
  }

  private void evict(SendTrack track, DropCause cause) {
    forget(track.ring.get(0));
    if (!track.evict(cause)) {
      ledger.dropped(cause, 1);
    }
  }

  private void dropOlder(long nanos, DropCause cause) {
    for (SendTrack track : tracks) {
      while (track.ring.size() > 0 && track.ring.acceptedNanos(0) - nanos < 0) {
        evict(track, cause);
      }
    }
  }

  private @Nullable SendTrack nextTrack() {
    if (mode == Mode.DETACHED) {
      return null;
    }
    long window = mode == Mode.PLAIN ? Long.MAX_VALUE : limits.maxInFlightNanos();
    SendTrack best = null;
    for (SendTrack track : tracks) {
      if (track.maySend(window)
          && (best == null || track.nextAcceptedNanos() - best.nextAcceptedNanos() < 0)) {
        best = track;
      }
    }
    return best;
  }

  private @Nullable SendTrack find(int id) {
    for (SendTrack track : tracks) {
      if (track.track == id) {
        return track;
      }
    }
    return null;
  }

  private SendTrack track(int id) {
    SendTrack found = find(id);
    if (found == null) {
      found = new SendTrack(id);
      SendTrack[] more = Arrays.copyOf(tracks, tracks.length + 1);
      more[tracks.length] = found;
      tracks = more;
    }
    return found;
  }
}
