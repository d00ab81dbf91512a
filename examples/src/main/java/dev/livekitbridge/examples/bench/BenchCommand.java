package dev.livekitbridge.examples.bench;

import picocli.CommandLine.Command;

/** {@code bench}: the figures, each beside its aim. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures what the README promises, on this machine, loopback only.",
    synopsisSubcommandLabel = "(load | frame)",
    subcommands = {LoadCommand.class, FrameCommand.class},
    footer = {
      "",
      "Examples:",
      "  bridge bench load                    1,000 sessions, bare grpc-java and the bridge",
      "  bridge bench load --sessions 100 --json",
      "  bridge bench frame                   what one frame costs inside the link (JMH)"
    })
public final class BenchCommand {}
