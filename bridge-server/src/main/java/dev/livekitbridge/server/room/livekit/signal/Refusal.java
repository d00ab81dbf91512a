package dev.livekitbridge.server.room.livekit.signal;

import dev.livekitbridge.core.CloseReason;
import java.util.regex.Pattern;

/**
 * Why a server answered a join with an HTTP status instead of a WebSocket.
 *
 * @param reason what a program decides on
 * @param detail for people; holds no token, whatever the server wrote
 */
public record Refusal(CloseReason reason, String detail) {
  private static final int LONGEST = 200;
  // A JWT begins with {" in base64; LiveKit 1.11 repeats the whole token in the text of a 401.
  private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]*(\\.[\\w-]*)*");
  private static final Pattern NOT_PLAIN = Pattern.compile("[^\\x20-\\x7e]+");

  /**
   * Reads an answer.
   *
   * @param status HTTP status other than 101
   * @param body text that came with it
   * @param token the token that was sent, which may not be in the text
   * @return the reason
   */
  public static Refusal of(int status, String body, String token) {
    CloseReason reason =
        switch (status) {
          case 400 -> CloseReason.BAD_REQUEST;
          case 401 -> CloseReason.TOKEN_REJECTED;
          case 403 -> CloseReason.NOT_PERMITTED;
          case 429 -> CloseReason.OVERLOADED;
          default -> CloseReason.ROOM_UNREACHABLE;
        };
    String said = withoutSecrets(body, token);
    return new Refusal(
        reason, "the server answered HTTP " + status + (said.isEmpty() ? "" : ": " + said));
  }

  /**
   * Foreign text, fit for a log: on one line, short, without tokens.
   *
   * @param text as it came
   * @param token a secret that may not be in it
   * @return what may be shown
   */
  public static String withoutSecrets(String text, String token) {
    String known = token.isEmpty() ? text : text.replace(token, "[token]");
    String plain =
        NOT_PLAIN.matcher(TOKEN.matcher(known).replaceAll("[token]")).replaceAll(" ").strip();
    return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "…";
  }
}
