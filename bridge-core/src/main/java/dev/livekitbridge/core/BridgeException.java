package dev.livekitbridge.core;

/** Something the bridge could not do, with the reason that a program may decide on. */
public class BridgeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a program decides on. */
  private final CloseReason reason;

  /**
   * An error.
   *
   * @param reason what a program decides on
   * @param message what happened, to whom, and what to do; without secrets
   */
  public BridgeException(CloseReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * An error with a cause.
   *
   * @param reason what a program decides on
   * @param message what happened, to whom, and what to do; without secrets
   * @param cause what led to it
   */
  public BridgeException(CloseReason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /**
   * What a program decides on.
   *
   * @return the reason
   */
  public CloseReason reason() {
    return reason;
  }
}
