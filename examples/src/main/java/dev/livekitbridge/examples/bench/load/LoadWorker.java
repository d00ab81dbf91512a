package dev.livekitbridge.examples.bench.load;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.livekitbridge.examples.bench.load.EndFigures.Latency;
import dev.livekitbridge.examples.terminal.Json;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * One of the two processes of a load. It does what standard input says, a word a line, and answers
 * each with a line of JSON; when standard input ends, it ends too.
 */
public final class LoadWorker {
  private final Arrivals arrivals;
  private final LoadEnd end;
  private final Pacer pacer;
  private ProcessMeter.Reading mark = ProcessMeter.read();
  private long markNanos;
  private long markSent;
  private long markReceived;
  private long markMissing;
  private long markDisordered;

  private LoadWorker(Stack stack, String side, LoadPlan plan, int port) {
    arrivals = new Arrivals(plan.sessions());
    end = side.equals("server") ? stack.server(plan, arrivals) : stack.client(plan, arrivals, port);
    pacer = new Pacer(plan, end);
  }

  /**
   * Runs until standard input ends.
   *
   * @param args stack, side, plan as JSON, the server's port
   */
  public static void main(String... args) throws Exception {
    PrintStream answers = System.out;
    // Whatever a library prints must not be taken for an answer.
    System.setOut(System.err);
    LoadWorker worker =
        new LoadWorker(
            Stack.valueOf(args[0]),
            args[1],
            JsonMapper.builder().build().readValue(args[2], LoadPlan.class),
            Integer.parseInt(args[3]));
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order; (order = orders.readLine()) != null && !order.equals("exit"); ) {
      answers.println(Json.line(Json.object("event", order, "value", worker.obey(order))));
      answers.flush();
    }
    // Ends threads of any stack, however stuck.
    System.exit(0);
  }

  private Object obey(String order) throws Exception {
    return switch (order) {
      case "open" -> end.open();
      case "pace" -> {
        pacer.start();
        yield true;
      }
      case "rest" -> {
        pacer.rest(true);
        yield true;
      }
      case "go" -> {
        pacer.rest(false);
        yield true;
      }
      case "mark" -> {
        mark();
        yield true;
      }
      case "measure" -> measure();
      case "stop" -> {
        pacer.stop();
        yield true;
      }
      case "totals" -> new EndTotals(pacer.sent(), arrivals.received(), end.counts());
      case "close" -> {
        end.close();
        yield true;
      }
      default -> throw new IllegalArgumentException("unknown order: " + order);
    };
  }

  private void mark() {
    arrivals.takeLatencies();
    markSent = pacer.sent();
    markReceived = arrivals.received();
    markMissing = arrivals.missing();
    markDisordered = arrivals.disordered();
    mark = ProcessMeter.read();
    markNanos = System.nanoTime();
  }

  private EndFigures measure() {
    long nanos = System.nanoTime() - markNanos;
    ProcessMeter.Reading now = ProcessMeter.read();
    return new EndFigures(
        nanos,
        pacer.sent() - markSent,
        arrivals.received() - markReceived,
        arrivals.missing() - markMissing,
        arrivals.disordered() - markDisordered,
        Latency.of(arrivals.takeLatencies()),
        now.cpuNanos() - mark.cpuNanos(),
        now.allocatedBytes() - mark.allocatedBytes(),
        now.collections() - mark.collections(),
        now.collectionMillis() - mark.collectionMillis(),
        now.threads(),
        now.residentBytes());
  }
}
