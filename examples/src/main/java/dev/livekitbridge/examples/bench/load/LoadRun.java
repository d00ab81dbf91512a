package dev.livekitbridge.examples.bench.load;

import dev.livekitbridge.examples.harness.ProcessGroup;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs the load over one stack: two processes, a warm-up, a measured time, a drain. */
public final class LoadRun {
  private static final int SETTLE_SECONDS = 1;
  private static final int DRAIN_LIMIT_SECONDS = 15;

  private final ProcessGroup group;
  private final LoadPlan plan;
  private final List<String> flags;
  private final Consumer<String> progress;

  /**
   * A run that has not begun.
   *
   * @param flags of the JVM, for both processes
   * @param progress hears what is going on
   */
  public LoadRun(ProcessGroup group, LoadPlan plan, List<String> flags, Consumer<String> progress) {
    this.group = group;
    this.plan = plan;
    this.flags = flags;
    this.progress = progress;
  }

  /** Runs it; takes the warm-up and the measured time and a few seconds more. */
  public LoadResult run(Stack stack) throws InterruptedException {
    WorkerProcess server = new WorkerProcess(group, stack, "server", plan, 0, flags);
    int port = server.tell("open", Integer.class);
    WorkerProcess client = new WorkerProcess(group, stack, "client", plan, port, flags);
    client.tell("open", Integer.class);
    both(server, client, "pace");
    phase(stack, "warms up", plan.warmupSeconds());
    both(server, client, "rest");
    // Audio that waited for a cold JVM is played at the pace of real time: it would stay late.
    drain(server, client);
    both(server, client, "go");
    phase(stack, "settles", SETTLE_SECONDS);
    both(server, client, "mark");
    phase(stack, "measures", plan.seconds());
    server.say("measure");
    client.say("measure");
    EndFigures serverFigures = server.hear("measure", EndFigures.class);
    EndFigures clientFigures = client.hear("measure", EndFigures.class);
    both(server, client, "stop");
    EndTotals[] totals = drain(server, client);
    client.tell("close", Boolean.class);
    client.end();
    server.tell("close", Boolean.class);
    server.end();
    return new LoadResult(stack, serverFigures, clientFigures, totals[0], totals[1]);
  }

  private void phase(Stack stack, String what, int seconds) throws InterruptedException {
    for (int left = seconds; left > 0; left--) {
      progress.accept(stack.label() + " " + what + ", " + left + " s left");
      TimeUnit.SECONDS.sleep(1);
    }
  }

  /** Waits until everything sent has arrived, for a bounded time. */
  private static EndTotals[] drain(WorkerProcess server, WorkerProcess client)
      throws InterruptedException {
    for (int tries = 0; ; tries++) {
      EndTotals serverTotals = server.tell("totals", EndTotals.class);
      EndTotals clientTotals = client.tell("totals", EndTotals.class);
      boolean drained =
          serverTotals.sent() == clientTotals.received()
              && clientTotals.sent() == serverTotals.received();
      if (drained || tries == 10 * DRAIN_LIMIT_SECONDS) {
        return new EndTotals[] {serverTotals, clientTotals};
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static void both(WorkerProcess server, WorkerProcess client, String order)
      throws InterruptedException {
    server.say(order);
    client.say(order);
    server.hear(order, Object.class);
    client.hear(order, Object.class);
  }
}
