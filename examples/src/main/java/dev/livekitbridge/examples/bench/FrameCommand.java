package dev.livekitbridge.examples.bench;

import dev.livekitbridge.examples.bench.frame.LinkBenchmark;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench frame}. */
@Command(
    name = "frame",
    mixinStandardHelpOptions = true,
    description = {
      "What one frame costs inside the link and in protobuf: time and bytes allocated (JMH).",
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:Measured.", "2:Wrong command line."},
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge bench frame",
      "  bridge bench frame Link --seconds 10",
    })
final class FrameCommand implements Callable<Integer> {
  private static final int MAX_SECONDS = 60;

  private final Terminal terminal;

  @Parameters(
      arity = "0..*",
      paramLabel = "PATTERN",
      description = "Regular expressions of the benchmarks to run. Default: all.")
  private List<String> patterns = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      description = "Measured for each, after three of warm-up. Default: ${DEFAULT-VALUE}.")
  private int seconds = 5;

  @Option(names = "--json", description = "One line of JSON instead of a table.")
  private boolean json;

  FrameCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** One line of the result. */
  private record Figure(String name, double nanos, double errorNanos, double bytes) {}

  @Override
  public Integer call() throws RunnerException {
    String home = LinkBenchmark.class.getPackageName();
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .measurementIterations(Math.max(1, Math.min(seconds, MAX_SECONDS)))
            .measurementTime(TimeValue.seconds(1))
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT);
    if (patterns.isEmpty()) {
      options.include(Pattern.quote(home));
    }
    patterns.forEach(pattern -> options.include(Pattern.quote(home) + ".*" + pattern));
    terminal.progress("measures; this takes some ten seconds for each benchmark");
    List<Figure> figures = new ArrayList<>();
    for (RunResult result : new Runner(options.build()).run()) {
      Result<?> time = result.getPrimaryResult();
      Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
      figures.add(
          new Figure(
              result.getParams().getBenchmark().substring(home.length() + 1),
              time.getScore(),
              time.getScoreError(),
              bytes == null ? Double.NaN : bytes.getScore()));
    }
    terminal.endProgress();
    print(figures);
    return ExitCode.OK;
  }

  private void print(List<Figure> figures) {
    if (json) {
      terminal.json(Json.object("event", "frame", "figures", figures));
      return;
    }
    terminal.line(String.format("%-36s %10s %8s %12s", "for one frame", "ns", "+-", "B allocated"));
    for (Figure figure : figures) {
      terminal.line(
          String.format(
              Locale.ROOT,
              "%-36s %10.1f %8.1f %12.1f",
              figure.name(),
              figure.nanos(),
              figure.errorNanos(),
              figure.bytes()));
    }
  }
}
