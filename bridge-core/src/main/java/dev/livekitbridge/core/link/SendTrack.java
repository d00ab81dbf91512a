package dev.livekitbridge.core.link;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What one track of a sending half holds. The ring has consecutive sequences from {@code first};
 * the frames before index {@code next} were sent on the stream of now.
 *
 * <p>A frame that made room for another after it was sent is in doubt: the peer may still
 * acknowledge it. Those in doubt are ranges of sequences, of which the part after {@code
 * acknowledged} counts: what made room before it was sent lies between them, and is in no doubt.
 */
final class SendTrack {
  private static final class Doubt {
    private final DropCause cause;
    private final long from;
    private long to;

    Doubt(DropCause cause, long sequence) {
      this.cause = cause;
      this.from = sequence;
      this.to = sequence;
    }

    long frames(long acknowledged) {
      return Math.max(0, to - Math.max(from - 1, acknowledged));
    }
  }

  final int track;
  final FrameRing ring = new FrameRing();
  // When it took its last frame.
  long usedNanos;
  boolean used;
  private long first = 1;
  private int next;
  private long acknowledged;
  // Seldom more than one.
  private final Deque<Doubt> doubt = new ArrayDeque<>(2);
  private long highestSent;
  private long inFlightNanos;
  // How many of the oldest frames in the ring were sent on an earlier stream.
  private int resend;
  private boolean lastWasReplay;

  SendTrack(int track) {
    this.track = track;
  }

  long firstKept() {
    return first;
  }

  long inDoubt() {
    long sum = 0;
    for (Doubt range : doubt) {
      sum += range.frames(acknowledged);
    }
    return sum;
  }

  boolean hasInFlight() {
    return next > 0 || inDoubt() > 0;
  }

  boolean hasUnsent() {
    return next < ring.size();
  }

  boolean maySend(long maxInFlightNanos) {
    return hasUnsent() && inFlightNanos < maxInFlightNanos;
  }

  long nextAcceptedNanos() {
    return ring.acceptedNanos(next);
  }

  long nextSequence() {
    return first + next;
  }

  AudioFrame send() {
    AudioFrame frame = ring.get(next);
    lastWasReplay = next < resend;
    highestSent = Math.max(highestSent, first + next);
    next++;
    inFlightNanos += frame.durationNanos();
    return frame;
  }

  boolean lastWasReplay() {
    return lastWasReplay;
  }

  /** Takes the oldest frame out; returns whether it is in doubt (sent on the stream of now). */
  boolean evict(DropCause cause) {
    AudioFrame frame = ring.removeFirst();
    boolean sent = next > 0;
    if (sent) {
      next--;
      Doubt last = doubt.peekLast();
      if (last != null && last.to == first - 1 && last.cause == cause) {
        last.to = first;
      } else {
        doubt.add(new Doubt(cause, first));
      }
      inFlightNanos -= frame.durationNanos();
    }
    resend = Math.max(0, resend - 1);
    first++;
    return sent;
  }

  /** Frames newly known to be dealt with, of those that were in doubt. */
  long acknowledgeDoubtful(long sequence) {
    long upTo = Math.min(sequence, highestSent);
    if (upTo <= acknowledged) {
      return 0;
    }
    long before = inDoubt();
    acknowledged = upTo;
    long confirmed = before - inDoubt();
    while (!doubt.isEmpty() && doubt.peek().to <= acknowledged) {
      doubt.remove();
    }
    return confirmed;
  }

  /** Whether the oldest kept frame is acknowledged. */
  boolean firstIsAcknowledged() {
    return ring.size() > 0 && first <= acknowledged;
  }

  AudioFrame removeAcknowledged() {
    AudioFrame frame = ring.removeFirst();
    first++;
    if (next > 0) {
      next--;
      inFlightNanos -= frame.durationNanos();
    }
    resend = Math.max(0, resend - 1);
    return frame;
  }

  /** The stream is new, the numbers stay: everything kept goes again; what was in doubt is lost. */
  void rewind(Ledger ledger) {
    for (Doubt range : doubt) {
      ledger.dropped(range.cause, range.frames(acknowledged));
    }
    doubt.clear();
    resend = Math.max(resend, next);
    next = 0;
    inFlightNanos = 0;
  }

  /** The session is new: numbers start after {@code last}; what was in doubt is lost. */
  void renumber(long last, Ledger ledger) {
    rewind(ledger);
    first = last + 1;
    acknowledged = last;
    highestSent = last;
  }

  /** Everything is handed over without acknowledgements from here: no numbers. */
  AudioFrame sendForGood() {
    AudioFrame frame = ring.removeFirst();
    lastWasReplay = resend > 0;
    resend = Math.max(0, resend - 1);
    first++;
    acknowledged = first - 1;
    return frame;
  }
}
