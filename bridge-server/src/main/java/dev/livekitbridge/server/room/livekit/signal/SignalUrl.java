package dev.livekitbridge.server.room.livekit.signal;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where a LiveKit server takes signalling. The token is not in it: it goes into a header, so that
 * no log of a proxy holds it.
 */
public final class SignalUrl {
  /** The signalling protocol that the engine speaks. */
  public static final int PROTOCOL = 16;

  private SignalUrl() {}

  /**
   * The WebSocket's address for a server's URL.
   *
   * @param url {@code ws://HOST[:PORT][/PATH]} or {@code wss://…}
   * @return where to connect to
   * @throws IllegalArgumentException if the URL is none of these; the message says what is wrong
   */
  public static URI of(String url) {
    URI server;
    try {
      server = new URI(url.strip());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("livekit_url: not a URL (" + e.getReason() + ")", e);
    }
    String scheme = String.valueOf(server.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("ws") && !scheme.equals("wss")) {
      throw new IllegalArgumentException(
          "livekit_url: scheme " + scheme + " (expected: ws or wss)");
    }
    if (server.getHost() == null || server.getPort() > 65535) {
      throw new IllegalArgumentException(
          "livekit_url: no host (expected: like ws://localhost:7880)");
    }
    String path = server.getRawPath() == null ? "" : server.getRawPath();
    String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return URI.create(
        scheme
            + "://"
            + server.getRawAuthority()
            + base
            + "/rtc?protocol="
            + PROTOCOL
            + "&sdk=java&auto_subscribe=0&auto_subscribe_data_track=0&adaptive_stream=0");
  }
}
