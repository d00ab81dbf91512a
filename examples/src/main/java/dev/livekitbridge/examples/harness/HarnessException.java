package dev.livekitbridge.examples.harness;

/** A process did not start, did not get ready, or ended too early. */
public final class HarnessException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HarnessException(String message) {
    super(message);
  }

  HarnessException(String message, Throwable cause) {
    super(message, cause);
  }
}
