package dev.livekitbridge.server.security;

/**
 * The credentials are missing, wrong, or have expired. The message is for the log of the bridge
 * alone: callers are told that they were refused, not why. It holds no secret.
 */
public final class AuthenticationException extends Exception {
  private static final long serialVersionUID = 1;

  /**
   * A refusal.
   *
   * @param message why, for the log; without a word of the credentials
   */
  public AuthenticationException(String message) {
    super(message);
  }
}
