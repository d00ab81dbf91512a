package dev.livekitbridge.examples.cli;

import dev.livekitbridge.client.SessionRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which room a command joins, and as whom. */
final class JoinOptions {
  @Option(
      names = {"-u", "--user"},
      paramLabel = "USER",
      required = true,
      description = "Whose session it is, and the identity in the room.")
  private String user = "";

  @Option(
      names = "--url",
      paramLabel = "URL",
      required = true,
      description = {
        "Where the room is: memory:NAME inside the bridge, or roomhost://HOST:PORT/NAME in a room",
        "host (see 'bridge rooms')."
      })
  private String url = "";

  @Option(
      names = {"-r", "--room"},
      paramLabel = "NAME",
      defaultValue = "",
      description = "Name of the room. Default: the one in the URL.")
  private String room = "";

  @Option(
      names = {"-t", "--target"},
      paramLabel = "IDENTITY",
      defaultValue = "",
      description = "Hear only this participant. Default: everyone.")
  private String target = "";

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = {
        "LiveKit access token, for rooms that ask for one. Others may see a command line: rather set",
        "LIVEKIT_TOKEN in the environment."
      })
  private @Nullable String token;

  /** What is asked of the bridge; the caller adds who hears. */
  SessionRequest.Builder request() {
    SessionRequest.Builder request =
        SessionRequest.builder(user)
            .room(room.isEmpty() ? roomOf(url) : room)
            .liveKitUrl(url)
            .targetIdentity(target);
    String mint = token != null ? token : System.getenv("LIVEKIT_TOKEN");
    if (mint != null && !mint.isBlank()) {
      request.tokens(join -> mint);
    }
    return request;
  }

  /** {@code memory:NAME} and {@code roomhost://HOST:PORT/NAME} name their room. */
  static String roomOf(String url) {
    int end = Math.max(url.lastIndexOf('/'), url.lastIndexOf(':'));
    String name = url.substring(end + 1);
    return url.startsWith("memory:") || url.startsWith("roomhost:") ? name : "";
  }
}
