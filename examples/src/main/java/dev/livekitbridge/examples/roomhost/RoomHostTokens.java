package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.examples.terminal.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Tokens for rooms that verify none (memory rooms, room hosts): they say as whom one joins. */
public final class RoomHostTokens {
  private RoomHostTokens() {}

  /**
   * A token without a signature.
   *
   * @param identity who joins
   * @return a JWT whose subject it is
   */
  public static String token(String identity) {
    return part(Json.line(Map.of("alg", "none")))
        + "."
        + part(Json.line(Map.of("sub", identity)))
        + ".unsigned";
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
