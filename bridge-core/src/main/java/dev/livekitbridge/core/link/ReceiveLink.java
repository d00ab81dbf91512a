package dev.livekitbridge.core.link;

import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a link: passes each sequence on once and in order, counts what is missing,
 * and says what to acknowledge once it is dealt with. Its law: accepted = delivered + dropped +
 * buffered, where accepted are the frames passed on and buffered those not yet dealt with.
 *
 * <p>Sequences of an earlier session may still be in the hands of a consumer when a new session
 * begins: {@link #epoch} tells them apart.
 *
 * <p>Not thread-safe: confined to its session's executor.
 */
public final class ReceiveLink {
  /** What to do with a chunk that came. */
  public enum Verdict {
    /** Pass it on. */
    PASS,
    /** It came before: do nothing. */
    DUPLICATE
  }

  private final Ledger ledger = new Ledger();
  private final int ackFrames;
  private final long ackNanos;
  private ReceiveTrack[] tracks = new ReceiveTrack[0];
  private int epoch;
  private boolean knowsNothing = true;
  private long gap;
  private int dealtSinceAck;
  private long ackDueNanos;
  private boolean plain;

  /**
   * A half that knows nothing.
   *
   * @param ackFrames an acknowledgement is due after so many frames
   * @param ackNanos or so long after the first of them
   */
  public ReceiveLink(int ackFrames, long ackNanos) {
    this.ackFrames = ackFrames;
    this.ackNanos = ackNanos;
  }

  /** The peer does not number its frames: each one is passed on, nothing is acknowledged. */
  public void attachPlain() {
    restart();
    plain = true;
  }

  /** The session is new and numbers start at 1. */
  public void attachNew() {
    restart();
    knowsNothing = false;
  }

  /**
   * The session was living before this process knew it: what the peer keeps is where it begins,
   * nothing before it is missing.
   */
  public void attachUnknown() {
    restart();
    knowsNothing = true;
  }

  /**
   * The peer's attach chunk: what lies before its oldest kept frame and did not come is gone.
   *
   * @param oldestKept by track
   * @return by track, the last sequence that was passed on before each span that is gone; the span
   *     ends just before {@code oldestKept}
   */
  public Map<Integer, Long> onOldestKept(Map<Integer, Long> oldestKept) {
    Map<Integer, Long> gone = new LinkedHashMap<>();
    oldestKept.forEach(
        (id, oldest) -> {
          ReceiveTrack track = track(id);
          if (oldest > track.highest() + 1) {
            if (!knowsNothing) {
              gone.put(id, track.highest());
              ledger.missing(oldest - 1 - track.highest());
            }
            track.skipTo(oldest - 1);
          }
        });
    knowsNothing = false;
    return gone;
  }

  /**
   * A frame came.
   *
   * @param sequence its number, at least 1; ignored where the peer is plain
   * @return whether to pass it on; if so, {@link #gap} tells how many before it are missing, and
   *     one call of {@link #delivered} or {@link #dropped} must follow some time
   */
  public Verdict onFrame(int trackId, long sequence) {
    gap = 0;
    if (plain) {
      ledger.accepted();
      return Verdict.PASS;
    }
    ReceiveTrack track = track(trackId);
    if (sequence <= track.highest()) {
      ledger.duplicate();
      return Verdict.DUPLICATE;
    }
    gap = sequence - track.highest() - 1;
    ledger.missing(gap);
    track.pass(sequence);
    ledger.accepted();
    return Verdict.PASS;
  }

  /** How many sequences were missing just before the frame passed on last. */
  public long gap() {
    return gap;
  }

  /** Names the session to which sequences belong; higher after each new one. */
  public int epoch() {
    return epoch;
  }

  /** A frame was consumed for good. */
  public void delivered(int frameEpoch, int trackId, long sequence, long nowNanos) {
    if (dealt(frameEpoch, trackId, sequence, nowNanos)) {
      ledger.delivered(1);
    }
  }

  /** A frame was given up here. */
  public void dropped(int frameEpoch, int trackId, long sequence, DropCause cause, long nowNanos) {
    if (dealt(frameEpoch, trackId, sequence, nowNanos)) {
      ledger.dropped(cause, 1);
    }
  }

  /** A frame that was passed on came another way as well: it is dealt with, and not counted. */
  public void duplicate(int frameEpoch, int trackId, long sequence, long nowNanos) {
    if (dealt(frameEpoch, trackId, sequence, nowNanos)) {
      ledger.acceptedInVain();
    }
  }

  /**
   * Goes on where another half is: its peer is this one's from now on, its open frames belong to
   * the {@link #epoch} that begins, its counts are added. The other half must not be used any more.
   */
  public void adopt(ReceiveLink other) {
    restart();
    plain = other.plain;
    knowsNothing = other.knowsNothing;
    tracks = other.tracks;
    dealtSinceAck = other.dealtSinceAck;
    ackDueNanos = other.ackDueNanos;
    ledger.add(other.ledger);
  }

  /** What to acknowledge, by track. */
  public Map<Integer, Long> acknowledged() {
    if (tracks.length == 1) {
      return Map.of(tracks[0].track, tracks[0].acknowledged());
    }
    Map<Integer, Long> acknowledged = new LinkedHashMap<>();
    for (ReceiveTrack track : tracks) {
      acknowledged.put(track.track, track.acknowledged());
    }
    return acknowledged;
  }

  /** By track, the highest sequence received, dealt with or not. */
  public Map<Integer, Long> lastReceived() {
    Map<Integer, Long> last = new LinkedHashMap<>();
    for (ReceiveTrack track : tracks) {
      last.put(track.track, track.highest());
    }
    return last;
  }

  /** Whether an acknowledgement should go now, on its own if need be. */
  public boolean ackDue(long nowNanos) {
    return dealtSinceAck >= ackFrames || (dealtSinceAck > 0 && nowNanos - ackDueNanos >= 0);
  }

  /** Whether there is anything new to acknowledge. */
  public boolean ackPending() {
    return dealtSinceAck > 0;
  }

  /** When an acknowledgement is due at the latest; only while {@link #ackPending}. */
  public long ackDueNanos() {
    return ackDueNanos;
  }

  /** An acknowledgement was sent. */
  public void acknowledgementSent() {
    dealtSinceAck = 0;
  }

  /** Frames passed on and not yet dealt with. */
  public long openFrames() {
    return ledger.outstanding();
  }

  /** The ledger. */
  public FrameCounts counts() {
    return ledger.counts(ledger.outstanding());
  }

  private void restart() {
    epoch++;
    tracks = new ReceiveTrack[0];
    plain = false;
    dealtSinceAck = 0;
  }

  /** Whether the frame was open until now; frames of an earlier session always were. */
  private boolean dealt(int frameEpoch, int trackId, long sequence, long nowNanos) {
    if (frameEpoch != epoch || plain) {
      return true;
    }
    ReceiveTrack track = find(trackId);
    if (track == null || !track.dealt(sequence)) {
      return false;
    }
    if (dealtSinceAck++ == 0) {
      ackDueNanos = nowNanos + ackNanos;
    }
    return true;
  }

  private @Nullable ReceiveTrack find(int id) {
    for (ReceiveTrack track : tracks) {
      if (track.track == id) {
        return track;
      }
    }
    return null;
  }

  private ReceiveTrack track(int id) {
    ReceiveTrack found = find(id);
    if (found == null) {
      found = new ReceiveTrack(id);
      tracks = Arrays.copyOf(tracks, tracks.length + 1);
      tracks[tracks.length - 1] = found;
    }
    return found;
  }
}
