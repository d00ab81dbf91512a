package dev.livekitbridge.examples.cli;

import dev.livekitbridge.examples.doctor.Doctor;
import dev.livekitbridge.examples.doctor.Finding;
import dev.livekitbridge.examples.livekit.KeyOptions;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds out why a bridge does not work with a LiveKit server. */
@Command(
    name = "doctor",
    description = {
      "Check whether a bridge on this machine can work with a LiveKit server: name, port, HTTP,",
      "clock, token, signalling, media over UDP and over TCP, round trip. Says what to do about",
      "each fault. With a token it joins as the token's identity, which takes out whoever is in the",
      "room under that name; with a key it joins a room of its own, bridge-doctor."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:All is well.",
      "2:Wrong command line.",
      "3:A fault: a bridge would not work.",
      "6:A bridge would work, but see the warnings."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  LIVEKIT_API_KEY=devkey LIVEKIT_API_SECRET=secret bridge doctor --url ws://localhost:7880",
      "  LIVEKIT_TOKEN=... bridge doctor --url wss://livekit.example.com",
      "  bridge doctor --url ws://localhost:7880 --json | jq '.findings[] | select(.advice != \"\")'",
    })
final class DoctorCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--url",
      paramLabel = "URL",
      required = true,
      description = "The LiveKit server: ws://HOST:PORT or wss://HOST.")
  private String url = "";

  @Mixin private KeyOptions key = new KeyOptions();

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = {
        "LiveKit access token; goes before a key. Others may see a command line: rather set",
        "LIVEKIT_TOKEN in the environment."
      })
  private @Nullable String token;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "10",
      description =
          "How long a join over UDP, then over TCP, may take (default: ${DEFAULT-VALUE} s).")
  private int timeoutSeconds;

  @Option(names = "--json", description = "Write one JSON object.")
  private boolean json;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    String given = token == null ? System.getenv("LIVEKIT_TOKEN") : token;
    boolean joinWithToken = given != null && !given.isBlank();
    Doctor doctor =
        new Doctor(
            url,
            joinWithToken ? null : key.access(url).orElse(null),
            joinWithToken ? given : null,
            Duration.ofSeconds(Math.max(1, timeoutSeconds)),
            json ? finding -> {} : this::show);
    List<Finding> findings = doctor.examine();
    Finding.Verdict worst = Doctor.worst(findings);
    if (json) {
      terminal.json(Json.object("url", url, "verdict", worst, "findings", findings));
    } else {
      terminal.line(
          switch (worst) {
            case FAULT -> terminal.red("a bridge would not work: see above");
            case WARNING -> terminal.yellow("a bridge would work, but see above");
            default ->
                terminal.green(
                    findings.stream().anyMatch(it -> it.verdict() == Finding.Verdict.SKIPPED)
                        ? "what could be checked is well"
                        : "all is well");
          });
    }
    return switch (worst) {
      case FAULT -> ExitCode.UNREACHABLE;
      case WARNING -> ExitCode.WARNED;
      default -> ExitCode.OK;
    };
  }

  private void show(Finding finding) {
    String word =
        switch (finding.verdict()) {
          case OK -> terminal.green("ok     ");
          case WARNING -> terminal.yellow("warning");
          case FAULT -> terminal.red("FAULT  ");
          case SKIPPED -> terminal.dim("-      ");
        };
    terminal.line(word + "  " + finding.check() + ": " + finding.text());
    if (!finding.advice().isEmpty()) {
      terminal.line("         -> " + finding.advice());
    }
  }
}
