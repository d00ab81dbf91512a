package dev.livekitbridge.server.room.livekit;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.server.room.livekit.signal.UserPacket;

/** Hears what comes from the room; on its event loop. */
interface SubscriberListener {
  /** From now on data packets arrive. */
  void open();

  void packet(UserPacket packet);

  /** Decoded audio of a track, 16 kHz mono. */
  void audio(String trackSid, ByteString pcm);

  /** Packets of a track came and were lost here. */
  void lost(String trackSid, DropCause cause, long packets);

  /** The connection cannot be made, or is lost; comes once and last. */
  void failed(String detail);
}
