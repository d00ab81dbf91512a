package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.PlayAudioEvent;

/** The call that hears a playback. Its methods never block, and bear a caller that went away. */
public interface PlaybackStream {
  /** Tells what happened; of a caller who is slow some progress may be left out. */
  void send(PlayAudioEvent event);

  /** Ends the call; {@code LEFT} ends it well. */
  void end(CloseReason reason, String detail);
}
