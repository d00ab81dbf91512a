package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioChunk;

/**
 * The stream to a client, as a session sees it. {@link #send} and {@link #end} are called one at a
 * time; nothing here blocks or throws.
 */
public interface ClientStream {
  /** Whether the transport takes more now; if not, {@link AttachedStream#onReady} tells when. */
  boolean isReady();

  /**
   * A session took it.
   *
   * @param resumed whether the session had a stream before
   */
  default void attached(boolean resumed) {}

  /** Sends a chunk; one sent while not {@link #isReady} is queued by the transport. */
  void send(AudioChunk chunk);

  /** Asks the transport for so many more chunks. */
  void request(int chunks);

  /**
   * Ends the stream with the status of the reason. Nothing is sent after it.
   *
   * @param reason why
   * @param detail for people, without secrets
   */
  void end(CloseReason reason, String detail);
}
