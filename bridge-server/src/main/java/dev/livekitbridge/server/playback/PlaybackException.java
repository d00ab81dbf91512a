package dev.livekitbridge.server.playback;

import java.io.IOException;

/**
 * A fault on its way up from where it was found; an IOException, so that decoders let it through.
 */
final class PlaybackException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient PlaybackFault fault;

  PlaybackException(PlaybackFault.Kind kind, String message) {
    super(message);
    this.fault = new PlaybackFault(kind, message);
  }

  PlaybackFault fault() {
    return fault;
  }
}
