package dev.livekitbridge.examples.doctor;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where the server is.
 *
 * @param tls whether the URL asks for TLS
 * @param host name or address
 * @param port the URL's, or the scheme's
 * @param path before LiveKit's own, mostly empty
 */
record Server(boolean tls, String host, int port, String path) {
  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException that says what is wrong with it
   */
  static Server of(String url) {
    URI uri;
    try {
      uri = new URI(url.strip());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a URL (" + e.getReason() + ")", e);
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("ws") && !scheme.equals("wss")) {
      throw new IllegalArgumentException("its scheme is '" + scheme + "', not ws or wss");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("it names no host");
    }
    boolean tls = scheme.equals("wss");
    int port = uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    return new Server(
        tls, uri.getHost(), port, path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
  }

  URI http(String what) {
    return URI.create((tls ? "https://" : "http://") + host + ":" + port + path + what);
  }

  URI webSocket(String what) {
    return URI.create((tls ? "wss://" : "ws://") + host + ":" + port + path + what);
  }

  /** An IPv6 address without its brackets. */
  String address() {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
