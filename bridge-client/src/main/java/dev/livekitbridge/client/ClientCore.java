package dev.livekitbridge.client;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.trace.Traces;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a client together and holds its sessions. Safe for use by many threads. */
final class ClientCore implements ClientMetrics.Source {
  private static final Logger log = LoggerFactory.getLogger(BridgeClient.class);
  private static final long PULSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long SUM_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(2);

  private final ClientRuntime runtime;
  private final ClientShared shared;
  private final BridgeNames names;
  private final Bridges bridges;
  private final @Nullable Rebalancer rebalancer;
  private final ClientMetrics metrics;
  private final Consumer<ReconnectAlert> onAlert;
  private final Callbacks callbacks;
  private final Set<DefaultSession> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicLong opened = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final ScheduledFuture<?> sweeper;
  // Guards the books of sessions that are over, and the moment in which one becomes so.
  private final Object totalsLock = new Object();
  private ClientMetrics.Totals past = ClientMetrics.Totals.NONE;
  private ClientMetrics.@Nullable Totals summed;
  private long summedNanos;

  ClientCore(
      ClientRuntime runtime,
      List<String> targets,
      ReconnectOptions reconnect,
      HeartbeatOptions heartbeat,
      BufferOptions buffer,
      DiscoveryOptions discovery,
      @Nullable MeterRegistry registry,
      Traces traces,
      Consumer<ReconnectAlert> onAlert) {
    this.runtime = runtime;
    this.onAlert = onAlert;
    this.callbacks = new Callbacks("client", runtime.callbacks());
    this.metrics = new ClientMetrics(registry);
    if (runtime.transport() instanceof GrpcTransport network) {
      network.traces(traces);
    }
    BackoffSchedule schedule = new BackoffSchedule(reconnect.maxDelay(), runtime.random());
    TokenMint mint =
        new TokenMint(
            runtime.tokens(),
            runtime.scheduler(),
            new Gate(reconnect.maxConcurrentJoins()),
            reconnect.tokenTimeout().toNanos());
    this.shared =
        new ClientShared(
            runtime.time(),
            runtime.scheduler(),
            runtime.callbacks(),
            runtime.random(),
            reconnect,
            heartbeat,
            buffer,
            schedule,
            mint,
            metrics,
            traces,
            new Pulse(runtime.scheduler(), PULSE_NANOS, this::pulse),
            sessions::size,
            this::alert,
            runtime.loggers().apply(BridgeSession.class));
    Logger voice = runtime.loggers().apply(Bridge.class);
    this.names = new BridgeNames(targets, runtime, this::bridgesFound, voice);
    this.bridges =
        new Bridges(
            names.fixed(),
            !names.none(),
            address ->
                new Bridge(
                    address,
                    runtime.transport(),
                    runtime.time(),
                    runtime.scheduler(),
                    heartbeat,
                    shared.newProbeBackoff(),
                    this::bridgesChanged,
                    voice));
    this.rebalancer =
        names.none() || !discovery.rebalance()
            ? null
            : new Rebalancer(bridges, discovery.settle().toNanos());
    this.sweeper =
        runtime
            .scheduler()
            .scheduleAtFixedRate(this::sweep, SWEEP_NANOS, SWEEP_NANOS, TimeUnit.NANOSECONDS);
    metrics.watch(this);
    names.start(runtime, discovery.refresh().toNanos());
  }

  BridgeSession open(SessionRequest request) {
    if (closed.get()) {
      throw new IllegalStateException(
          "user=" + request.userId + ": the client is closed (open sessions before close())");
    }
    String alias = "c" + opened.incrementAndGet();
    DefaultSession session =
        new DefaultSession(shared, bridges, request, alias, this::sessionEnded);
    sessions.add(session);
    session.open();
    if (closed.get()) {
      session.close(Duration.ZERO);
    }
    return session;
  }

  Collection<BridgeSession> sessions() {
    return List.copyOf(sessions);
  }

  Bridges bridges() {
    return bridges;
  }

  void close(Duration atMost) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    CompletableFuture<?>[] ends =
        sessions.stream().map(s -> s.end(atMost)).toArray(CompletableFuture<?>[]::new);
    DefaultSession.await(CompletableFuture.allOf(ends), atMost.plus(CLOSE_GRACE));
    sweeper.cancel(false);
    names.close();
    metrics.close();
    bridges.close();
    runtime.transport().close();
    runtime.end().run();
    runtime
        .loggers()
        .apply(BridgeClient.class)
        .info("client closed, {} sessions in its life", opened.get());
  }

  @Override
  public ClientMetrics.Totals totals() {
    synchronized (totalsLock) {
      long now = time().nanoTime();
      ClientMetrics.Totals known = summed;
      // A registry asks for some thirty meters in a row.
      if (known != null && now - summedNanos < SUM_AGE_NANOS) {
        return known;
      }
      ClientMetrics.Totals sum = past;
      for (DefaultSession session : sessions) {
        sum = sum.plus(session.snapshot());
      }
      summed = sum;
      summedNanos = now;
      return sum;
    }
  }

  @Override
  public Collection<ConnectionState> states() {
    return sessions.stream().map(DefaultSession::state).toList();
  }

  @Override
  public long circuits(boolean open) {
    return bridges.all().stream().filter(bridge -> bridge.breakerOpen() == open).count();
  }

  private void sessionEnded(DefaultSession session) {
    synchronized (totalsLock) {
      if (sessions.remove(session)) {
        past = past.plus(session.snapshot());
      }
    }
  }

  private void alert(ReconnectAlert alert) {
    if (alert.userId().isEmpty()) {
      metrics.alerted("client");
      log.warn(
          "{} of {} sessions reconnected within {} s",
          alert.count(),
          alert.outOf(),
          alert.window().toSeconds());
    }
    callbacks.tell(onAlert, alert);
  }

  private void bridgesChanged() {
    sessions.forEach(DefaultSession::onBridges);
    names.refresh();
  }

  private void bridgesFound(List<BridgeAddress> found) {
    if (closed.get()) {
      return;
    }
    if (bridges.list(found)) {
      sessions.forEach(DefaultSession::onBridges);
    }
  }

  private void pulse() {
    long now = time().nanoTime();
    for (DefaultSession session : sessions) {
      session.pulse(now);
    }
  }

  private void sweep() {
    sessions.forEach(DefaultSession::sweep);
    bridges.forgetUnused();
    if (rebalancer != null) {
      rebalancer.tick(sessions, time().nanoTime());
    }
    shared.monitor.tick(sessions.size(), time().nanoTime());
  }

  private TimeSource time() {
    return runtime.time();
  }
}
