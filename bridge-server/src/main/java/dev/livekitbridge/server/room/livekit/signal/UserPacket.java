package dev.livekitbridge.server.room.livekit.signal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.Optional;
import livekit.LivekitModels.DataPacket;

/**
 * What a participant sent to the room on a data channel.
 *
 * @param identity the sender's identity; may be empty with servers that tell the sid alone
 * @param sid the sender's id in the room
 * @param payload what was sent
 */
public record UserPacket(String identity, String sid, ByteString payload) {
  /**
   * Reads a message of a data channel.
   *
   * @param message a LiveKit {@code DataPacket}; not kept
   * @return the user's packet, or empty for any other kind and for nonsense
   */
  @SuppressWarnings("deprecation") // Servers before 1.5 fill the old fields only.
  public static Optional<UserPacket> read(ByteBuffer message) {
    DataPacket packet;
    try {
      packet = DataPacket.parseFrom(message);
    } catch (InvalidProtocolBufferException noPacket) {
      return Optional.empty();
    }
    if (packet.getValueCase() != DataPacket.ValueCase.USER) {
      return Optional.empty();
    }
    livekit.LivekitModels.UserPacket user = packet.getUser();
    return Optional.of(
        new UserPacket(
            first(packet.getParticipantIdentity(), user.getParticipantIdentity()),
            first(packet.getParticipantSid(), user.getParticipantSid()),
            user.getPayload()));
  }

  private static String first(String one, String other) {
    return one.isEmpty() ? other : one;
  }
}
