package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a room host is, and a room on it.
 *
 * @param host name or IP address, without brackets
 * @param port 1 to 65535
 * @param room the room's name; may be empty
 */
record HostAddress(String host, int port, String room) {
  /** Reads {@code roomhost://HOST:PORT/NAME}. */
  static HostAddress ofUrl(String url) {
    try {
      URI uri = new URI(url);
      if (uri.getHost() != null && uri.getPort() > 0) {
        String path = uri.getPath();
        return new HostAddress(
            uri.getHost().replaceAll("[\\[\\]]", ""),
            uri.getPort(),
            path.startsWith("/") ? path.substring(1) : path);
      }
    } catch (URISyntaxException e) {
      // Told below, without the text of the URL: it may hold a token.
    }
    throw new BridgeException(
        CloseReason.BAD_REQUEST, "livekit_url: not roomhost://HOST:PORT/NAME");
  }

  /** Reads {@code HOST:PORT}. */
  static HostAddress of(String address) {
    return ofUrl(RoomHostConnector.SCHEME + "://" + address);
  }
}
