package dev.livekitbridge.server.guard;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where rooms may be. Looks at a URL as it was parsed, by the parser of whoever dials it, and
 * before anything of it is looked up. Immutable.
 */
public final class UrlAllowList {
  private static final Map<String, Integer> PORTS =
      Map.of("ws", 80, "wss", 443, "http", 80, "https", 443);
  private static final int ANY_PORT = -2;
  private static final String ANY = "*";

  /** A pattern; without a host for every URL of its scheme. */
  private record Rule(String scheme, @Nullable String host, int port) {
    boolean allows(String otherScheme, @Nullable String otherHost, int otherPort) {
      if (!scheme.equals(otherScheme)) {
        return false;
      }
      String wanted = host;
      if (wanted == null) {
        return true;
      }
      if (otherHost == null || (port != ANY_PORT && port != otherPort)) {
        return false;
      }
      return wanted.startsWith("*.")
          ? otherHost.endsWith(wanted.substring(1)) && otherHost.length() >= wanted.length()
          : wanted.equals(ANY) || wanted.equals(otherHost);
    }
  }

  private final List<Rule> rules;

  /**
   * A list.
   *
   * @param patterns as {@code SecurityOptions.Builder.roomUrls} has them; none: all is allowed
   * @throws IllegalArgumentException if one cannot be understood
   */
  public UrlAllowList(List<String> patterns) {
    rules = patterns.stream().map(UrlAllowList::rule).toList();
  }

  /** Why a URL is not allowed, without a word of its path or query; null if it is. */
  public @Nullable String fault(String url) {
    if (rules.isEmpty()) {
      return null;
    }
    URI uri;
    try {
      uri = new URI(url.strip());
    } catch (URISyntaxException e) {
      return "livekit_url: not a URL";
    }
    if (uri.getScheme() == null || uri.getRawUserInfo() != null) {
      return "livekit_url: not SCHEME://HOST[:PORT]";
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    String host = uri.getHost() == null ? null : canonical(uri.getHost());
    int port = uri.getPort() < 0 ? PORTS.getOrDefault(scheme, -1) : uri.getPort();
    for (Rule rule : rules) {
      if (rule.allows(scheme, host, port)) {
        return null;
      }
    }
    return "livekit_url: this bridge joins no rooms there (its operator allows hosts by a list)";
  }

  private static Rule rule(String pattern) {
    String text = pattern.strip();
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw bad(pattern);
    }
    String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = text.substring(colon + 1);
    if (rest.isEmpty()) {
      return new Rule(scheme, null, ANY_PORT);
    }
    if (!rest.startsWith("//") || rest.length() == 2) {
      throw bad(pattern);
    }
    String authority = rest.substring(2);
    int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
    String host = end < 1 || end > authority.length() ? authority : authority.substring(0, end);
    String port = authority.substring(host.length());
    if (host.isEmpty() || host.matches(".*[/?#@\\s].*") || host.lastIndexOf('*') > 0) {
      throw bad(pattern);
    }
    return new Rule(scheme, canonical(host), port(scheme, port, pattern));
  }

  private static int port(String scheme, String text, String pattern) {
    if (text.isEmpty()) {
      return PORTS.getOrDefault(scheme, -1);
    }
    if (text.equals(":*")) {
      return ANY_PORT;
    }
    if (!text.matches(":\\d{1,5}") || Integer.parseInt(text.substring(1)) > 65_535) {
      throw bad(pattern);
    }
    return Integer.parseInt(text.substring(1));
  }

  private static String canonical(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static IllegalArgumentException bad(String pattern) {
    return new IllegalArgumentException(
        "room URL: "
            + pattern
            + " (expected: like wss://livekit.example.com, wss://*.example.com, ws://host:7880,"
            + " ws://host:* or memory:)");
  }
}
