package dev.livekitbridge.examples.livekit;

import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which LiveKit server a command works with: one that runs, or one that it starts. */
public final class LiveKitOptions {
  @Option(
      names = "--livekit",
      paramLabel = "URL",
      description = "A LiveKit server that runs, ws://HOST:PORT or wss://HOST; with its API key.")
  private @Nullable String url;

  @Option(
      names = "--livekit-server",
      paramLabel = "PATH",
      description = {
        "A livekit-server program to start on free ports, and to end with this command. Default:",
        "LIVEKIT_SERVER of the environment, else the one that .ci/run installs."
      })
  private @Nullable Path program;

  @Mixin private KeyOptions key = new KeyOptions();

  /**
   * Whether either was asked for.
   *
   * @return true where a real server is meant
   */
  public boolean given() {
    return url != null || program != null;
  }

  /**
   * The server, started if need be.
   *
   * @param group that ends what is started
   * @return how to reach it
   */
  public LiveKitAccess reach(ProcessGroup group) {
    String running = url;
    if (running != null) {
      return key.access(running)
          .orElseThrow(
              () ->
                  new CommandException(
                      ExitCode.USAGE,
                      "--livekit goes with an API key: set LIVEKIT_API_KEY and"
                          + " LIVEKIT_API_SECRET (livekit-server --dev: devkey, secret)"));
    }
    Path chosen = program;
    if (chosen == null) {
      chosen =
          LiveKitServerProcess.installed()
              .orElseThrow(
                  () ->
                      new CommandException(
                          ExitCode.UNREACHABLE,
                          "no livekit-server is here: give --livekit URL or --livekit-server PATH"));
    }
    return LiveKitServerProcess.start(group, chosen).access();
  }
}
