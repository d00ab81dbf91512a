package dev.livekitbridge.examples.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.livekitbridge.examples.bench.load.LoadPlan;
import dev.livekitbridge.examples.bench.load.LoadReport;
import dev.livekitbridge.examples.bench.load.LoadResult;
import dev.livekitbridge.examples.bench.load.LoadRun;
import dev.livekitbridge.examples.bench.load.Stack;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench load}. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = {
      "Many sessions at once, first over bare grpc-java, then over the bridge, and both side by"
          + " side: added latency, CPU, memory, bytes allocated for each frame, frames dropped.",
      "Two processes on this machine, loopback only. Takes about two minutes."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured",
      "1:measured, and --strict is given and an aim was missed",
      "2:bad usage"
    })
public final class LoadCommand implements Callable<Integer> {
  /** A collector with short pauses for the small heap that audio needs. */
  private static final List<String> JVM_ARGS =
      List.of("-Xms256m", "-Xmx1g", "-Xmn128m", "-XX:+UseSerialGC");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--sessions",
      defaultValue = "1000",
      description = "streams open at once (${DEFAULT-VALUE})")
  private int sessions;

  @Option(
      names = "--frame-ms",
      defaultValue = "20",
      description = "length of a frame (${DEFAULT-VALUE})")
  private int frameMillis;

  @Option(
      names = "--warmup",
      defaultValue = "25",
      description = "seconds before measuring (${DEFAULT-VALUE})")
  private int warmupSeconds;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "seconds measured (${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--stack",
      split = ",",
      defaultValue = "BARE,BRIDGE",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private List<Stack> stacks = List.of();

  @Option(
      names = "--jvm-arg",
      description = "for both processes, may be given more than once; {side} becomes their name")
  private List<String> jvmArgs = List.of();

  @Option(names = "--json", description = "everything as one JSON object")
  private boolean json;

  @Option(names = "--strict", description = "exit with 1 if an aim was missed")
  private boolean strict;

  @Override
  public Integer call() throws Exception {
    LoadPlan plan = plan();
    PrintWriter err = spec.commandLine().getErr();
    List<String> args = new ArrayList<>(JVM_ARGS);
    args.addAll(jvmArgs);
    LoadRun run =
        new LoadRun(
            plan,
            args,
            line -> {
              err.println(line);
              err.flush();
            });
    List<LoadResult> results = new ArrayList<>();
    for (Stack stack : stacks) {
      results.add(run.run(stack));
    }
    LoadReport report = new LoadReport(plan, results);
    print(plan, results, report);
    return strict && report.aims().stream().anyMatch(aim -> !aim.met()) ? 1 : 0;
  }

  private void print(LoadPlan plan, List<LoadResult> results, LoadReport report) throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("plan", plan);
      all.put("results", results);
      all.put("aims", report.aims());
      out.println(
          new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all));
    } else {
      report.lines().forEach(out::println);
      out.println();
      report.aims().forEach(out::println);
    }
    out.flush();
  }

  private LoadPlan plan() {
    try {
      return new LoadPlan(sessions, frameMillis, warmupSeconds, seconds);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
