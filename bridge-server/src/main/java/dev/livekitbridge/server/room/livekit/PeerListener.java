package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.server.room.livekit.dtls.ExportedKeys;
import java.nio.ByteBuffer;

/** Hears a {@link PeerTransport}, on its event loop. */
interface PeerListener {
  /** Data and media may flow. */
  void connected(ExportedKeys keys);

  /** Data that came through DTLS; only valid until this returns. */
  void data(ByteBuffer data);

  /** An SRTP or SRTCP packet; only valid until this returns. */
  void media(ByteBuffer packet);

  /** The connection cannot be made, or is lost; comes once and last. */
  void failed(String detail);
}
