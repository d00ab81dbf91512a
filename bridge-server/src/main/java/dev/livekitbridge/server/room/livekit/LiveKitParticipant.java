package dev.livekitbridge.server.room.livekit;

import com.google.protobuf.ByteString;
import dev.livekitbridge.server.room.Room;

/**
 * A participant that also sends data packets, as a person's device does: for tests, demonstrations
 * and load. A bridge needs none: it receives them. Safe for use by many threads at once; nothing
 * here blocks.
 */
public interface LiveKitParticipant extends Room {
  /** Longest data packet, as LiveKit asks of applications: 15,000 bytes. */
  int MAX_DATA_BYTES = 15_000;

  /**
   * Sends a data packet to everyone in the room. Reliable ones arrive in order and wait while the
   * connection is full; the others may be lost and are given up then.
   *
   * @param data up to {@link #MAX_DATA_BYTES}; not changed any more
   * @param reliable whether it is sent again until it has arrived
   * @return false if it was not taken: we are not in the room, or a thousand packets wait already
   * @throws IllegalArgumentException if it is too long
   */
  boolean send(ByteString data, boolean reliable);

  /**
   * Which way media goes between us and the server.
   *
   * @return for people, such as {@code UDP /10.0.0.5:41234 to /10.0.0.9:7882}; empty while we are
   *     not in the room
   */
  String route();
}
