package dev.livekitbridge.server.room.livekit.signal;

import dev.livekitbridge.core.CloseReason;
import java.util.Optional;
import livekit.LivekitModels.DisconnectReason;

/**
 * Why a server sent us away, and whether to come back.
 *
 * @param end the reason that ends the room for good, or empty where a rejoin is right
 * @param detail the server's word for it, for people
 */
public record LeaveCause(Optional<CloseReason> end, String detail) {
  static LeaveCause of(DisconnectReason reason) {
    Optional<CloseReason> end =
        switch (reason) {
          case DUPLICATE_IDENTITY -> Optional.of(CloseReason.DUPLICATE_IDENTITY);
          case PARTICIPANT_REMOVED, USER_REJECTED, USER_UNAVAILABLE ->
              Optional.of(CloseReason.REMOVED);
          case ROOM_DELETED, ROOM_CLOSED -> Optional.of(CloseReason.ROOM_DELETED);
          default -> Optional.empty();
        };
    return new LeaveCause(end, reason.name());
  }
}
