package dev.livekitbridge.examples.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which bridge a command talks to. */
final class BridgeTarget {
  @Option(
      names = {"-b", "--bridge"},
      paramLabel = "ADDRESS",
      description = {
        "HOST:PORT, unix:PATH or dns:///NAME:PORT of the bridge. Default: the socket in",
        "LIVEKIT_GRPC_SOCKET, else LIVEKIT_GRPC_BRIDGE_URL, else localhost:9090."
      })
  private @Nullable String address;

  /** The address, from the command line or the environment. */
  String address() {
    if (address != null) {
      return address;
    }
    String socket = System.getenv("LIVEKIT_GRPC_SOCKET");
    if (socket != null && !socket.isBlank()) {
      return "unix:" + socket;
    }
    String url = System.getenv("LIVEKIT_GRPC_BRIDGE_URL");
    return url == null || url.isBlank() ? "localhost:9090" : url;
  }
}
