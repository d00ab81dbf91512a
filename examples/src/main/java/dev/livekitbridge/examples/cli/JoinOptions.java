package dev.livekitbridge.examples.cli;

import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.examples.livekit.KeyOptions;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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
        "Where the room is: ws://HOST:PORT or wss://HOST of a LiveKit server, memory:NAME inside the",
        "bridge, or roomhost://HOST:PORT/NAME in a room host (see 'bridge rooms')."
      })
  private String url = "";

  @Option(
      names = {"-r", "--room"},
      paramLabel = "NAME",
      defaultValue = "",
      description = "Name of the room; needed for LiveKit. Default: the one in the URL.")
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
        "LiveKit access token; goes before --key. Others may see a command line: rather set",
        "LIVEKIT_TOKEN in the environment."
      })
  private @Nullable String token;

  @Mixin private KeyOptions key = new KeyOptions();

  /** What is asked of the bridge; the caller adds who hears. */
  SessionRequest.Builder request() {
    SessionRequest.Builder request =
        SessionRequest.builder(user)
            .room(room.isEmpty() ? roomOf(url) : room)
            .liveKitUrl(url)
            .targetIdentity(target);
    String given = token != null ? token : System.getenv("LIVEKIT_TOKEN");
    if (given != null && !given.isBlank()) {
      return request.tokens(join -> given);
    }
    if (isLiveKit(url)) {
      LiveKitAccess access =
          key.access(url)
              .orElseThrow(
                  () ->
                      new CommandException(
                          ExitCode.USAGE,
                          "a LiveKit room asks for a token: set LIVEKIT_TOKEN, or LIVEKIT_API_KEY"
                              + " and LIVEKIT_API_SECRET (livekit-server --dev: devkey, secret)"));
      if (room.isEmpty()) {
        throw new CommandException(ExitCode.USAGE, "--room: which room of " + url + "?");
      }
      request.tokens(join -> access.joinToken(room, user));
    }
    return request;
  }

  private static boolean isLiveKit(String url) {
    return url.startsWith("ws:") || url.startsWith("wss:");
  }

  /** {@code memory:NAME} and {@code roomhost://HOST:PORT/NAME} name their room. */
  static String roomOf(String url) {
    int end = Math.max(url.lastIndexOf('/'), url.lastIndexOf(':'));
    String name = url.substring(end + 1);
    return url.startsWith("memory:") || url.startsWith("roomhost:") ? name : "";
  }
}
