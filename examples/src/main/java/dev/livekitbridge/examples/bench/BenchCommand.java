package dev.livekitbridge.examples.bench;

import picocli.CommandLine.Command;

/** {@code bench}: the figures, each beside its aim. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures what the README promises, on this machine, loopback only.",
    synopsisSubcommandLabel = "(load)",
    subcommands = {LoadCommand.class},
    footer = {
      "",
      "Examples:",
      "  bridge bench load                    1,000 sessions, bare grpc-java and the bridge",
      "  bridge bench load --sessions 100 --json"
    })
public final class BenchCommand {}
