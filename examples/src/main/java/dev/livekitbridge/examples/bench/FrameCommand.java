package dev.livekitbridge.examples.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.livekitbridge.examples.bench.frame.LinkBenchmark;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench frame}. */
@Command(
    name = "frame",
    mixinStandardHelpOptions = true,
    description =
        "What one frame costs inside the link and in protobuf: time and bytes allocated (JMH).",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:measured", "2:bad usage"})
public final class FrameCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..*",
      paramLabel = "PATTERN",
      description = "regular expressions of benchmarks to run; all by default")
  private List<String> patterns = List.of();

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "seconds measured for each, after three of warm-up (${DEFAULT-VALUE})")
  private int seconds;

  @Option(names = "--json", description = "the figures as a JSON array")
  private boolean json;

  /** One line of the result. */
  private record Figure(String name, double nanos, double errorNanos, double bytes) {}

  @Override
  public Integer call() throws Exception {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .measurementIterations(Math.max(1, Math.min(seconds, 60)))
            .measurementTime(TimeValue.seconds(1))
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT);
    String home = LinkBenchmark.class.getPackageName().replace(".", "\\.");
    if (patterns.isEmpty()) {
      options.include(home);
    }
    for (String pattern : patterns) {
      options.include(home + ".*" + pattern);
    }
    Collection<RunResult> results = new Runner(options.build()).run();
    List<Figure> figures = new ArrayList<>();
    for (RunResult result : results) {
      Result<?> time = result.getPrimaryResult();
      Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
      figures.add(
          new Figure(
              result
                  .getParams()
                  .getBenchmark()
                  .substring(LinkBenchmark.class.getPackageName().length() + 1),
              time.getScore(),
              time.getScoreError(),
              bytes == null ? Double.NaN : bytes.getScore()));
    }
    print(figures);
    return 0;
  }

  private void print(List<Figure> figures) throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(figures));
    } else {
      out.printf("%-40s %12s %10s %14s%n", "for one frame", "ns", "+-", "B allocated");
      for (Figure figure : figures) {
        out.printf(
            Locale.ROOT,
            "%-40s %12.1f %10.1f %14.1f%n",
            figure.name(),
            figure.nanos(),
            figure.errorNanos(),
            figure.bytes());
      }
    }
    out.flush();
  }
}
