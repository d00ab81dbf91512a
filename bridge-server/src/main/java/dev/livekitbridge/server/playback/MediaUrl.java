package dev.livekitbridge.server.playback;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Where a file is. Its text is without query, fragment and user: they may hold secrets. */
public final class MediaUrl {
  private static final int MAX_LENGTH = 8 * 1024;
  private static final int MAX_PORT = 65_535;

  private final URI uri;

  private MediaUrl(URI uri) {
    this.uri = uri;
  }

  /**
   * Checks a URL.
   *
   * @throws PlaybackException if it cannot be fetched, whatever it is
   */
  static MediaUrl of(String text) throws PlaybackException {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      throw bad((text.isEmpty() ? "empty" : text.length() + " characters"));
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      // The text of the exception holds the whole URL.
      throw bad("not a URL (at character " + e.getIndex() + "; spaces must be written as %20)");
    }
    return of(uri);
  }

  private static MediaUrl of(URI uri) throws PlaybackException {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw bad(scheme.isEmpty() ? "no scheme" : "scheme " + scheme);
    }
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      throw bad("no host (a name of letters, digits and hyphens; other scripts as xn--...)");
    }
    if (uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
      throw bad("port " + uri.getPort());
    }
    if (uri.getRawUserInfo() != null) {
      throw bad("a user name or password in it");
    }
    return new MediaUrl(uri);
  }

  /** Any text of a caller that may be a URL, fit for a log: without what may be a secret. */
  public static String printable(String text) {
    try {
      return of(text).toString();
    } catch (PlaybackException e) {
      return "(no URL)";
    }
  }

  /** Where a redirect leads. */
  MediaUrl resolve(String location) throws PlaybackException {
    try {
      // URI goes by RFC 2396, where a query alone loses the last segment of the path.
      return of(
          location.startsWith("?")
              ? new URI(withoutQuery() + location)
              : uri.resolve(new URI(location)));
    } catch (URISyntaxException e) {
      throw bad("redirected by " + this + " to something that is not a URL");
    }
  }

  URI uri() {
    return uri;
  }

  String host() {
    return uri.getHost();
  }

  @Override
  public String toString() {
    return withoutQuery();
  }

  private String withoutQuery() {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
  }

  private static PlaybackException bad(String what) {
    return new PlaybackException(
        PlaybackFault.Kind.BAD_URL, "audio_url: " + what + " (expected: http:// or https://)");
  }
}
