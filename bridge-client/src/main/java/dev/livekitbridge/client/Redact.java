package dev.livekitbridge.client;

import java.util.regex.Pattern;

/** Makes text of others fit to be shown: one line, not too long, without secrets. */
final class Redact {
  private static final int MAX_LENGTH = 300;
  private static final String HIDDEN = "***";
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
  // A JSON Web Token, whole or cut.
  private static final Pattern JWT = Pattern.compile("eyJ[A-Za-z0-9_-]{4,}(\\.[A-Za-z0-9_-]*)*");

  private Redact() {}

  /** The text without what looks like a token and without these secrets. */
  static String text(String text, String... secrets) {
    String clean = text;
    for (String secret : secrets) {
      if (!secret.isEmpty()) {
        clean = clean.replace(secret, HIDDEN);
      }
    }
    clean = JWT.matcher(clean).replaceAll(HIDDEN);
    clean = CONTROL.matcher(clean).replaceAll(" ");
    return clean.length() <= MAX_LENGTH ? clean : clean.substring(0, MAX_LENGTH) + "…";
  }

  /** An error in one line: its class and what it says. */
  static String error(Throwable error) {
    String message = error.getMessage();
    return text(
        message == null
            ? error.getClass().getSimpleName()
            : error.getClass().getSimpleName() + ": " + message);
  }
}
