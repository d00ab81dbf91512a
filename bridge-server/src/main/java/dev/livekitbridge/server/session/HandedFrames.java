package dev.livekitbridge.server.session;

import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.server.session.TrackPlayer.Owner;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a track that left the pacer, in order, until it is known what became of them: some
 * wait in a mixer, some with a room that tells later what it has sent. A frame that was cut into
 * pieces is delivered if all of them are. Confined to the session's context.
 */
final class HandedFrames {
  private static final long ABANDONED = -1;

  /** A piece, and where its sound ends among all that went the same way. */
  private record Piece(long end, int epoch, long sequence, boolean last, @Nullable DropCause lost) {
    Piece with(long elsewhere, @Nullable DropCause cause) {
      return new Piece(elsewhere, epoch, sequence, last, lost == null ? cause : lost);
    }
  }

  private final int track;
  private final Owner owner;
  private final ArrayDeque<Piece> mixing = new ArrayDeque<>();
  private final ArrayDeque<Piece> sending = new ArrayDeque<>();
  private boolean later;
  // Bytes that went into the mixer, and that the room took.
  private long mixed;
  private long taken;
  // Up to where the room has told.
  private long told;
  // Of the frame of which not all pieces are settled.
  private @Nullable DropCause lost;

  HandedFrames(int track, Owner owner) {
    this.track = track;
    this.owner = owner;
  }

  /** The room tells later what becomes of what it takes. */
  void later() {
    later = true;
  }

  boolean isEmpty() {
    return mixing.isEmpty() && sending.isEmpty();
  }

  /** A piece went into the mixer. */
  void mixing(int bytes, int epoch, long sequence, boolean last) {
    mixed += bytes;
    mixing.add(new Piece(mixed, epoch, sequence, last, null));
  }

  /**
   * Mixed sound was handed to the room.
   *
   * @param waiting bytes of live sound that are still in the mixer
   * @param bytes of all that was handed
   * @param refused null if the room took it
   */
  void mixed(long waiting, int bytes, @Nullable DropCause refused, long nowNanos) {
    take(bytes, refused);
    for (Piece next = mixing.peek();
        next != null && next.end() <= mixed - waiting;
        next = mixing.peek()) {
      mixing.remove();
      add(next.with(taken, refused), nowNanos);
    }
  }

  /** A piece was handed to the room directly, or to nobody. */
  void handed(
      int bytes,
      int epoch,
      long sequence,
      boolean last,
      @Nullable DropCause refused,
      long nowNanos) {
    take(bytes, refused);
    if (mixing.isEmpty()) {
      add(new Piece(taken, epoch, sequence, last, refused), nowNanos);
    } else {
      mixing.add(new Piece(mixed, epoch, sequence, last, refused));
    }
  }

  /** The rest of the frame of which pieces were handed was given up, and that was told already. */
  void abandoned(long nowNanos) {
    handed(0, 0, ABANDONED, true, DropCause.STALE, nowNanos);
  }

  /** The room has sent all up to here, or has lost what of it was not sent. */
  void told(long end, @Nullable DropCause cause, long nowNanos) {
    told = end;
    for (Piece next = sending.peek(); next != null && next.end() <= end; next = sending.peek()) {
      sending.remove();
      settle(next.with(end, cause), nowNanos);
    }
  }

  /**
   * The session ends. What the room has taken it still says, if we are in it.
   *
   * @param unsent null if it does, else why not
   */
  void close(@Nullable DropCause unsent, long nowNanos) {
    told(Long.MAX_VALUE, unsent, nowNanos);
    for (Piece next = mixing.poll(); next != null; next = mixing.poll()) {
      settle(next.with(0, DropCause.CLOSED), nowNanos);
    }
    lost = null;
  }

  private void take(long bytes, @Nullable DropCause refused) {
    if (refused == null) {
      taken += bytes;
    }
  }

  private void add(Piece piece, long nowNanos) {
    boolean open = piece.lost() == null && piece.end() > told;
    if (later && (open || !sending.isEmpty())) {
      sending.add(piece);
    } else {
      settle(piece, nowNanos);
    }
  }

  private void settle(Piece piece, long nowNanos) {
    lost = lost == null ? piece.lost() : lost;
    if (!piece.last()) {
      return;
    }
    DropCause cause = lost;
    lost = null;
    if (piece.sequence() == ABANDONED) {
      return;
    }
    if (cause == null) {
      owner.delivered(track, piece.epoch(), piece.sequence(), nowNanos);
    } else {
      owner.dropped(track, piece.epoch(), piece.sequence(), cause, nowNanos);
    }
  }
}
