package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;

/** Hears one stay in a room; on its event loop. */
interface ParticipationListener {
  /** We are in, and hear what there is to hear; others may be there already. */
  void active(int participants);

  void participants(int count);

  void frame(AudioFrame frame);

  /** Audio of a track, by the name that its publisher gave it. */
  void frame(String trackName, AudioFrame frame);

  /** Audio came as far as here and was lost. */
  void lost(DropCause cause, long frames);

  /** So much sound has left and may have come or not, now that the stay is over. */
  void unconfirmed(long millis);

  /** The newest token; a secret. */
  void refreshed(String token);

  /** The stay is over; comes once and last. */
  void ended(Ending ending);
}
