package dev.livekitbridge.client;

import java.util.Map;
import java.util.regex.Pattern;

/** Where a bridge is: {@code host:port}, {@code unix:/path} or {@code dns:///host:port}. */
final class Target {
  private static final String SOCKET = "LIVEKIT_GRPC_SOCKET";
  private static final String URL = "LIVEKIT_GRPC_BRIDGE_URL";
  private static final Pattern HOST_PORT =
      Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[^:/\\s]+):(\\d{1,5})");

  private Target() {}

  static String check(String target) {
    if (target.startsWith("unix:")) {
      if (target.length() == "unix:".length()) {
        throw refused(target);
      }
      return target;
    }
    if (BridgeNames.isName(target)) {
      return target;
    }
    var parts = HOST_PORT.matcher(target);
    if (!parts.matches() || port(parts.group(2)) > 65_535 || port(parts.group(2)) == 0) {
      throw refused(target);
    }
    return target;
  }

  static boolean isUnix(String target) {
    return target.startsWith("unix:");
  }

  /** Whether it is on this machine: a Unix socket, or loopback by its name or number. */
  static boolean isLocal(String target) {
    var parts = HOST_PORT.matcher(target);
    return isUnix(target)
        || (parts.matches() && parts.group(1).matches("localhost|127(\\.\\d{1,3}){3}|\\[::1]"));
  }

  /** As an existing client has it: the socket if there is one, else the URL. */
  static String fromEnvironment(Map<String, String> environment) {
    String socket = environment.getOrDefault(SOCKET, "");
    if (!socket.isBlank()) {
      return check(socket.startsWith("unix:") ? socket : "unix:" + socket);
    }
    String url = environment.getOrDefault(URL, "");
    if (!url.isBlank()) {
      return check(url);
    }
    throw new IllegalArgumentException(
        "no bridge in the environment (expected: " + SOCKET + "=/path or " + URL + "=host:port)");
  }

  private static int port(String digits) {
    return Integer.parseInt(digits);
  }

  private static IllegalArgumentException refused(String target) {
    return new IllegalArgumentException(
        "target: " + target + " (expected: host:port, unix:/path or dns:///host:port)");
  }
}
