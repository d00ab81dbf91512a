package dev.livekitbridge.examples.audio;

import java.io.IOException;

/** A WAV file that cannot be used; the message names it and says what is expected. */
public final class WavException extends IOException {
  private static final long serialVersionUID = 1L;

  WavException(String message) {
    super(message);
  }

  WavException(String message, Throwable cause) {
    super(message, cause);
  }
}
