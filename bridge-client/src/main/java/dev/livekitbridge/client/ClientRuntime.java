package dev.livekitbridge.client;

import dev.livekitbridge.core.TimeSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/**
 * What a client gets from the world: time, threads, randomness and the network. The builder makes
 * the real one; the simulator brings its own, on virtual time.
 *
 * @param time the clock
 * @param scheduler runs timers
 * @param callbacks runs the callbacks of sessions that bring no executor
 * @param tokens runs token suppliers, which may block
 * @param random jitter and names of instances
 * @param transport the network
 * @param loggers the log, by the class that speaks
 * @param end frees what the client does not free itself; called once, when all else is closed
 */
record ClientRuntime(
    TimeSource time,
    ScheduledExecutorService scheduler,
    Executor callbacks,
    ExecutorService tokens,
    RandomGenerator random,
    Transport transport,
    Function<Class<?>, Logger> loggers,
    Runnable end) {
  private static final long BEARER_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** The same; a token goes with every call. */
  ClientRuntime bearer(@Nullable BearerSupplier supplier) {
    if (supplier != null && transport instanceof GrpcTransport network) {
      network.bearer(
          new Bearer(supplier, new TokenMint(tokens, scheduler, new Gate(1), BEARER_NANOS), time));
    }
    return this;
  }

  /** The same, without a word in the log of what its sessions do. */
  ClientRuntime quiet() {
    return new ClientRuntime(
        time,
        scheduler,
        callbacks,
        tokens,
        random,
        transport,
        speaker -> NOPLogger.NOP_LOGGER,
        end);
  }
}
