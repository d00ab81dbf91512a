package dev.livekitbridge.examples.doctor;

import dev.livekitbridge.examples.terminal.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Signed by nobody: what the doctor says of it comes before the server's word. */
final class UnsignedToken {
  private UnsignedToken() {}

  static String of(Map<String, Object> claims) {
    return encode("{\"alg\":\"HS256\"}") + "." + encode(Json.line(claims)) + ".c2lnbmF0dXJl";
  }

  private static String encode(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
