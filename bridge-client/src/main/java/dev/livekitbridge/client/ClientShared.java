package dev.livekitbridge.client;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.link.RetentionBudget;
import dev.livekitbridge.core.trace.Traces;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/** What the sessions of a client have in common. Filled by the builder, immutable. */
final class ClientShared {
  final TimeSource time;
  final ScheduledExecutorService scheduler;
  final Executor callbacks;
  final RandomGenerator random;
  final ReconnectOptions reconnect;
  final HeartbeatOptions heartbeat;
  final BufferOptions buffer;
  final BackoffSchedule schedule;
  final RetentionBudget budget;
  final TokenMint mint;
  final Gate joinGate;
  final ReconnectMonitor monitor;
  final ClientMetrics metrics;
  final Traces traces;
  final Pulse pulse;
  final IntSupplier sessionCount;
  final Consumer<ReconnectAlert> onAlert;
  // Of what its sessions do.
  final Logger log;

  ClientShared(
      TimeSource time,
      ScheduledExecutorService scheduler,
      Executor callbacks,
      RandomGenerator random,
      ReconnectOptions reconnect,
      HeartbeatOptions heartbeat,
      BufferOptions buffer,
      BackoffSchedule schedule,
      TokenMint mint,
      ClientMetrics metrics,
      Traces traces,
      Pulse pulse,
      IntSupplier sessionCount,
      Consumer<ReconnectAlert> onAlert,
      Logger log) {
    this.time = time;
    this.log = log;
    this.scheduler = scheduler;
    this.callbacks = callbacks;
    this.random = random;
    this.reconnect = reconnect;
    this.heartbeat = heartbeat;
    this.buffer = buffer;
    this.schedule = schedule;
    this.budget = new RetentionBudget(buffer.maxClientBytes());
    this.mint = mint;
    this.joinGate = new Gate(reconnect.maxConcurrentJoins());
    this.monitor = new ReconnectMonitor(reconnect);
    this.metrics = metrics;
    this.traces = traces;
    this.pulse = pulse;
    this.sessionCount = sessionCount;
    this.onAlert = onAlert;
  }

  /** Over how long many sessions spread when they come back; little for a few. */
  long comeBackSpreadNanos() {
    return TimeUnit.MILLISECONDS.toNanos(2L * sessionCount.getAsInt());
  }

  Backoff newBackoff() {
    return new Backoff(schedule, reconnect.resetAfter().toNanos());
  }

  /** Of a probe: one question to one bridge, so an answer that has come is enough to start anew. */
  Backoff newProbeBackoff() {
    return new Backoff(schedule, 0);
  }
}
