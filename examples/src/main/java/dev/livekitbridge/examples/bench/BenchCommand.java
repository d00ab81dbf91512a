package dev.livekitbridge.examples.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench}: the figures, each beside its aim. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure what the README promises, on this machine, loopback only.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LoadCommand.class,
      RecoverCommand.class,
      PlaybackCommand.class,
      FrameCommand.class,
      StartupCommand.class,
      LiveKitCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Measured.",
      "1:A process that takes part failed.",
      "2:Wrong command line.",
      "5:An aim was missed, and --strict was given."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge bench load       1,000 sessions over bare grpc-java and over the bridge",
      "  bridge bench recover    kills and cuts: time until audio flows again",
      "  bridge bench playback   100 files at once: late frames, jitter, CPU, time to the first"
          + " frame",
      "  bridge bench livekit    a real LiveKit server: latency, CPU, memory, joins, sound",
      "  bridge bench startup    from the start of a bridge's process to its first answer",
      "  bridge bench frame      what one frame costs inside the link (JMH)",
    })
public final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Made by the command line. */
  BenchCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Measure what?");
  }
}
