package dev.livekitbridge.server.room.livekit.dtls;

import java.nio.ByteBuffer;

/** Hears a DTLS connection; called on its event loop only. */
public interface DtlsListener {
  /**
   * A datagram for the peer.
   *
   * @param datagram to be sent or copied before this returns
   */
  void send(ByteBuffer datagram);

  /**
   * The handshake is done and the peer's certificate is the one that was announced.
   *
   * @param keys for the media
   */
  void connected(ExportedKeys keys);

  /**
   * Data of the peer.
   *
   * @param data only valid until this returns
   */
  void data(ByteBuffer data);

  /**
   * The connection failed or was closed by the peer; comes at most once and last.
   *
   * @param detail for people
   */
  void closed(String detail);
}
