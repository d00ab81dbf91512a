package dev.livekitbridge.core.link;

import dev.livekitbridge.core.AudioFrame;
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
  final int track;
  final FrameRing ring = new FrameRing();
  // When it took its last frame.
  long usedNanos;
  boolean used;
  private long first = 1;
  private int next;
  private long acknowledged;
  // Seldom more than one.
  private final Deque<long[]> doubt = new ArrayDeque<>(2);
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
    for (long[] range : doubt) {
      sum += Math.max(0, range[1] - Math.max(range[0] - 1, acknowledged));
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
  boolean evict() {
    AudioFrame frame = ring.removeFirst();
    boolean sent = next > 0;
    if (sent) {
      next--;
      long[] last = doubt.peekLast();
      if (last != null && last[1] == first - 1) {
        last[1] = first;
      } else {
        doubt.add(new long[] {first, first});
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
    while (!doubt.isEmpty() && doubt.peek()[1] <= acknowledged) {
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

  /** The stream is new, the numbers stay: everything kept goes again. Returns those now lost. */
  long rewind() {
    long lost = inDoubt();
    doubt.clear();
    resend = Math.max(resend, next);
    next = 0;
    inFlightNanos = 0;
    return lost;
  }

  /** The session is new: numbers start after {@code last}. Returns those now lost. */
  long renumber(long last) {
    long lost = rewind();
    first = last + 1;
    acknowledged = last;
    highestSent = last;
    return lost;
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
