package dev.livekitbridge.server.room.livekit.sctp;

import org.jspecify.annotations.Nullable;

/** A chunk that has a TSN and is not yet acknowledged cumulatively; used again and again. */
final class SentChunk {
  enum State {
    IN_FLIGHT,
    /** To be sent again. */
    LOST,
    /** In a gap block of a SACK: the peer may still drop it (RFC 9260 section 6.2.1). */
    ACKED,
    /** Given up (RFC 3758): never sent again, skipped by a FORWARD TSN. */
    ABANDONED
  }

  State state = State.IN_FLIGHT;
  @Nullable OutMessage message;
  int stream;
  int ssn;
  boolean unordered;
  int offset;
  int length;
  int transmissions;

  /** The order of its last transmission among all. */
  long order;

  long sentAt;

  /** SACKs that tell of something newer and not of this one. */
  int misses;
}
