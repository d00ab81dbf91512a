package dev.livekitbridge.server.room.memory;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.livekitbridge.server.room.RoomJoin;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Says as whom a bridge joins a memory room. */
final class Identity {
  private Identity() {}

  /**
   * The subject of the token, as on a LiveKit server, where the token is a JWT that has one; else
   * the user id. Nothing is verified.
   */
  static String of(RoomJoin join) {
    String subject = subject(join.token());
    return subject.isEmpty() ? join.userId() : subject;
  }

  private static String subject(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return "";
    }
    Struct.Builder claims = Struct.newBuilder();
    try {
      String json = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
      JsonFormat.parser().merge(json, claims);
    } catch (IllegalArgumentException | InvalidProtocolBufferException notJson) {
      return "";
    }
    return claims.containsFields("sub") ? claims.getFieldsOrThrow("sub").getStringValue() : "";
  }
}
