package dev.livekitbridge.server.room.livekit.signal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a token says of itself, read without verifying it: the server does that. Holds no part of
 * the token's signature.
 *
 * @param room the room it is for; empty where the token names none
 * @param expiresAtMillis when it expires, epoch milliseconds; empty where it says nothing
 */
public record Claims(String room, OptionalLong expiresAtMillis) {
  /** Longest token that is read: 64 KiB, more than any HTTP server takes in a header. */
  private static final int LONGEST = 1 << 16;

  // RFC 7515 §2; anything else could not go into a header either.
  private static final Pattern ALPHABET = Pattern.compile("[\\w.=-]+");

  /**
   * Reads a token.
   *
   * @param token a JWT (RFC 7519)
   * @return what it says, or empty if it is no JWT
   */
  public static Optional<Claims> read(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3 || token.length() > LONGEST || !ALPHABET.matcher(token).matches()) {
      return Optional.empty();
    }
    Struct.Builder claims = Struct.newBuilder();
    try {
      String json = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
      JsonFormat.parser().merge(json, claims);
    } catch (IllegalArgumentException | InvalidProtocolBufferException noJson) {
      return Optional.empty();
    }
    Value expiry = claims.getFieldsMap().get("exp");
    return Optional.of(
        new Claims(
            room(claims.getFieldsMap().get("video")),
            expiry == null || !expiry.hasNumberValue()
                ? OptionalLong.empty()
                : OptionalLong.of((long) (expiry.getNumberValue() * 1000))));
  }

  private static String room(@Nullable Value video) {
    Value room = video == null ? null : video.getStructValue().getFieldsMap().get("room");
    return room == null ? "" : room.getStringValue();
  }

  /**
   * Whether it has expired.
   *
   * @param nowMillis epoch milliseconds
   * @return true if it says when it expires and that has passed
   */
  public boolean expired(long nowMillis) {
    return expiresAtMillis.isPresent() && expiresAtMillis.getAsLong() <= nowMillis;
  }
}
