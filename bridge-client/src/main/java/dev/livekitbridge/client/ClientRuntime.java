package dev.livekitbridge.client;

import dev.livekitbridge.core.TimeSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

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
 * @param end frees what the client does not free itself; called once, when all else is closed
 */
record ClientRuntime(
    TimeSource time,
    ScheduledExecutorService scheduler,
    Executor callbacks,
    ExecutorService tokens,
    RandomGenerator random,
    Transport transport,
    Runnable end) {}
