package dev.livekitbridge.client;

import dev.livekitbridge.core.TimeSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/**
 * Time, threads and randomness of the caller's own, for a client that runs on virtual time (a test,
 * a simulation) or on threads that are there already. The client never shuts them down. Together
 * with {@link BridgeClient.Builder#channels} nothing of the client depends on the machine.
 *
 * @param time the clock; the scheduler has to run on the same one
 * @param scheduler runs timers, whose work is short and never blocks
 * @param callbacks runs the callbacks of sessions that bring no executor; they may block it
 * @param tokens runs token suppliers, which may block it
 * @param random jitter and the names of instances; unpredictable where attempts of strangers to
 *     guess them matter
 */
public record RuntimeOptions(
    TimeSource time,
    ScheduledExecutorService scheduler,
    Executor callbacks,
    ExecutorService tokens,
    RandomGenerator random) {}
