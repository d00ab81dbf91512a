package dev.livekitbridge.server.room.livekit.net;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Hears a WebSocket, on its event loop. After {@code refused} or {@code closed} nothing follows.
 */
public interface WebSocketListener {
  /**
   * It is open.
   *
   * @param localAddress from which the server was reached
   */
  void opened(InetAddress localAddress);

  /**
   * A binary message came.
   *
   * @param message only valid until this returns
   */
  void message(ByteBuffer message);

  /**
   * The server answered with another HTTP status than 101.
   *
   * @param status of HTTP
   * @param body its text
   */
  void refused(int status, String body);

  /**
   * It could not be opened, or is closed.
   *
   * @param detail for people
   */
  void closed(String detail);
}
