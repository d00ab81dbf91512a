package dev.livekitbridge.examples.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.terminal.Json;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * What a token says of itself; the server alone can tell whether it is true.
 *
 * @param identity as whom it joins
 * @param room which room it is for; empty for none
 * @param mayJoin whether it grants to join
 * @param mayHear whether it grants to subscribe
 * @param mayPublish whether it grants to publish tracks
 * @param notBeforeSeconds from when on it is good, epoch seconds; 0: always
 * @param expiresSeconds until when it is good, epoch seconds; 0: always
 */
record Grants(
    String identity,
    String room,
    boolean mayJoin,
    boolean mayHear,
    boolean mayPublish,
    long notBeforeSeconds,
    long expiresSeconds) {

  static Optional<Grants> read(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      byte[] json = Base64.getUrlDecoder().decode(parts[1]);
      JsonNode claims = Json.read(new String(json, StandardCharsets.UTF_8));
      JsonNode video = claims.path("video");
      return Optional.of(
          new Grants(
              claims.path("sub").asText(),
              video.path("room").asText(),
              video.path("roomJoin").asBoolean(),
              video.path("canSubscribe").asBoolean(true),
              video.path("canPublish").asBoolean(true),
              claims.path("nbf").asLong(),
              claims.path("exp").asLong()));
    } catch (IllegalArgumentException | UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
