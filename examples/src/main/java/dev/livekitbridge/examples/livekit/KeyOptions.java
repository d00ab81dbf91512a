package dev.livekitbridge.examples.livekit;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The API key of a LiveKit server, for commands that mint their own tokens. Never shown. */
public final class KeyOptions {
  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = {
        "Name of the LiveKit API key that tokens are minted with. Default: LIVEKIT_API_KEY of the",
        "environment."
      })
  private @Nullable String key;

  @Option(
      names = "--secret",
      paramLabel = "SECRET",
      description = {
        "Its secret. Others may see a command line: rather set LIVEKIT_API_SECRET in the environment."
      })
  private @Nullable String secret;

  /**
   * The key for a server.
   *
   * @param url of the server
   * @return empty where key or secret is missing
   */
  public Optional<LiveKitAccess> access(String url) {
    String name = valueOf(key, "LIVEKIT_API_KEY");
    String word = valueOf(secret, "LIVEKIT_API_SECRET");
    return name == null || word == null
        ? Optional.empty()
        : Optional.of(new LiveKitAccess(url, name, word));
  }

  private static @Nullable String valueOf(@Nullable String option, String variable) {
    String value = option == null ? System.getenv(variable) : option;
    return value == null || value.isBlank() ? null : value.strip();
  }
}
