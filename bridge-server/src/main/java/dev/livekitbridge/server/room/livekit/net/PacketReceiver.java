package dev.livekitbridge.server.room.livekit.net;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Takes packets of a socket, on its event loop. */
public interface PacketReceiver {
  /**
   * A packet came.
   *
   * @param sender from where
   * @param packet only valid until this returns
   */
  void packet(InetSocketAddress sender, ByteBuffer packet);

  /**
   * The socket is of no use any more; comes at most once.
   *
   * @param detail for people
   */
  void closed(String detail);
}
