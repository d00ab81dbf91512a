package dev.livekitbridge.core.link;

import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import java.util.EnumMap;
import java.util.Map;

/** Counts of one half of a link. */
final class Ledger {
  private final Map<DropCause, Long> dropped = new EnumMap<>(DropCause.class);
  private long droppedTotal;
  private long accepted;
  private long delivered;
  private long replayed;
  private long duplicates;
  private long missing;

  void accepted() {
    accepted++;
  }

  void accepted(long frames) {
    accepted += frames;
  }

  /** A frame that was taken in turns out to have come another way. */
  void acceptedInVain() {
    accepted--;
    duplicates++;
  }

  /** Goes on with the counts of another one. */
  void add(Ledger other) {
    accepted += other.accepted;
    delivered += other.delivered;
    other.dropped.forEach((cause, frames) -> dropped(cause, frames));
    replayed += other.replayed;
    duplicates += other.duplicates;
    missing += other.missing;
  }

  void delivered(long frames) {
    delivered += frames;
  }

  void dropped(DropCause cause, long frames) {
    if (frames > 0) {
      dropped.merge(cause, frames, Long::sum);
      droppedTotal += frames;
    }
  }

  void replayed() {
    replayed++;
  }

  void duplicate() {
    duplicates++;
  }

  void missing(long frames) {
    missing += frames;
  }

  /** Accepted and not yet delivered or dropped. */
  long outstanding() {
    return accepted - delivered - droppedTotal;
  }

  FrameCounts counts(long buffered) {
    return new FrameCounts(accepted, delivered, dropped, buffered, replayed, duplicates, missing);
  }
}
