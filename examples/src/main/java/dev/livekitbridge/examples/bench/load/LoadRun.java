package dev.livekitbridge.examples.bench.load;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs the load over one stack: two processes, a warm-up, a measured time, a drain. */
public final class LoadRun {
  private final LoadPlan plan;
  private final List<String> jvmArgs;
  private final Consumer<String> progress;

  /**
   * A run that has not begun.
   *
   * @param jvmArgs for both processes
   * @param progress hears what is going on
   */
  public LoadRun(LoadPlan plan, List<String> jvmArgs, Consumer<String> progress) {
    this.plan = plan;
    this.jvmArgs = jvmArgs;
    this.progress = progress;
  }

  /** Runs it; takes the warm-up and the measured time and a few seconds more. */
  public LoadResult run(Stack stack) throws IOException, InterruptedException {
    progress.accept(stack + ": opens " + plan.sessions() + " sessions");
    try (WorkerProcess server = new WorkerProcess(stack, "server", plan, 0, jvmArgs)) {
      int port = server.tell("open", Integer.class);
      try (WorkerProcess client = new WorkerProcess(stack, "client", plan, port, jvmArgs)) {
        client.tell("open", Integer.class);
        both(server, client, "pace");
        progress.accept(stack + ": warms up for " + plan.warmupSeconds() + " s");
        TimeUnit.SECONDS.sleep(plan.warmupSeconds());
        both(server, client, "mark");
        progress.accept(stack + ": measures for " + plan.seconds() + " s");
        TimeUnit.SECONDS.sleep(plan.seconds());
        server.say("measure");
        client.say("measure");
        EndFigures serverFigures = server.hear("measure", EndFigures.class);
        EndFigures clientFigures = client.hear("measure", EndFigures.class);
        both(server, client, "stop");
        EndTotals[] totals = drain(server, client);
        both(server, client, "close");
        return new LoadResult(stack, serverFigures, clientFigures, totals[0], totals[1]);
      }
    }
  }

  /** Waits until everything sent has arrived, at most a few seconds. */
  private static EndTotals[] drain(WorkerProcess server, WorkerProcess client)
      throws IOException, InterruptedException {
    for (int tries = 0; ; tries++) {
      EndTotals serverTotals = server.tell("totals", EndTotals.class);
      EndTotals clientTotals = client.tell("totals", EndTotals.class);
      boolean drained =
          serverTotals.sent() == clientTotals.received()
              && clientTotals.sent() == serverTotals.received();
      if (drained || tries == 60) {
        return new EndTotals[] {serverTotals, clientTotals};
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static void both(WorkerProcess server, WorkerProcess client, String order)
      throws IOException {
    server.say(order);
    client.say(order);
    server.hear(order, Object.class);
    client.hear(order, Object.class);
  }
}
