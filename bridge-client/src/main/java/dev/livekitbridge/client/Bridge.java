package dev.livekitbridge.client;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.proto.HealthCheckResponse.ServingStatus;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One bridge as all sessions of a client see it: the connection to it, whether it answers, and the
 * one probe that asks while it does not. The breaker is open exactly while the probe fails.
 */
final class Bridge {
  private static final long DRAIN_WATCH_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long KICK_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  private final BridgeAddress address;
  private final String target;
  private final Transport network;
  private final TimeSource time;
  private final ScheduledExecutorService scheduler;
  private final HeartbeatOptions options;
  private final Backoff backoff;
  private final Runnable changed;
  private final Logger log;
  private final CircuitBreaker breaker;
  private final SynchronizationContext sync;
  private final AtomicInteger places = new AtomicInteger();
  private final AtomicInteger leaving = new AtomicInteger();
  private volatile BridgeConnection current;
  private volatile boolean usable = true;
  private volatile boolean draining;
  private volatile boolean listed = true;
  private volatile boolean closed;
  private volatile @Nullable Fault fault;
  private final AtomicInteger returns = new AtomicInteger();
  private boolean probing;
  private long lastProbeNanos;
  private SynchronizationContext.@Nullable ScheduledHandle timer;

  Bridge(
      BridgeAddress address,
      Transport network,
      TimeSource time,
      ScheduledExecutorService scheduler,
      HeartbeatOptions options,
      Backoff backoff,
      Runnable changed,
      Logger log) {
    this.address = address;
    this.target = address.target();
    this.network = network;
    this.time = time;
    this.scheduler = scheduler;
    this.options = options;
    this.backoff = backoff;
    this.changed = changed;
    this.log = log;
    this.breaker = CircuitBreaker.of(this.target, breakerConfig());
    this.sync =
        new SynchronizationContext(
            (thread, error) -> log.error("bridge={} defect: please report it", target, error));
    this.current = connect();
  }

  BridgeAddress address() {
    return address;
  }

  String target() {
    return target;
  }

  /** Any thread: whether the client's list, or a name of it, has it. */
  boolean listed() {
    return listed;
  }

  void listed(boolean value) {
    listed = value;
  }

  /** Any thread: whether it takes sessions of those that come. */
  boolean open() {
    return listed && usable && !draining;
  }

  /** Any thread: how many places sessions of this client have here, standbys included. */
  int places() {
    return places.get();
  }

  /** Any thread: a session has a place here from now on, or no more. */
  void placed(int more) {
    places.addAndGet(more);
  }

  /** Any thread: of those places, how many will not move away for the sake of the spread. */
  int staying() {
    return places.get() - leaving.get();
  }

  /** Any thread: a session begins to move away for the sake of the spread, or has, or stays. */
  void leaving(int more) {
    leaving.addAndGet(more);
  }

  /** Before anyone is sent here it is asked whether it is there. */
  void askFirst() {
    usable = false;
    sync.execute(this::probe);
  }

  /** Any thread: the connection for new calls. */
  BridgeConnection connection() {
    return current;
  }

  /** Any thread: whether it answers, so far as is known. */
  boolean usable() {
    return usable;
  }

  /** Any thread: whether it said that it shuts down. */
  boolean draining() {
    return draining;
  }

  /** Any thread: whether the probe fails. */
  boolean breakerOpen() {
    return breaker.getState() == CircuitBreaker.State.OPEN;
  }

  /** Any thread: why the probe fails; null if it does not. */
  @Nullable Fault fault() {
    return breakerOpen() ? fault : null;
  }

  /** Any thread: how often it was away and answered again. */
  int returns() {
    return returns.get();
  }

  /** Any thread: a call on this connection failed as if nobody were there. */
  void transportFailed(BridgeConnection on) {
    sync.execute(
        () -> {
          if (!closed && usable && on == current) {
            goAway("a call failed");
          }
        });
  }

  /** Any thread: it announced its end. From now on it is asked whether it is new. */
  void announcedDrain() {
    draining = true;
    sync.execute(this::watchDrain);
  }

  private void watchDrain() {
    if (draining && timer == null && !probing && !closed) {
      scheduleIn(DRAIN_WATCH_NANOS);
    }
  }

  /** Any thread: someone does not want to wait for the next probe. */
  void kick() {
    sync.execute(
        () -> {
          if (timer != null && !usable && time.nanoTime() - lastProbeNanos >= KICK_NANOS) {
            disarm();
            probe();
          }
        });
  }

  /** A connection answers no ping: a second one tells whether the bridge or the path is gone. */
  void suspect(BridgeConnection silent, long sinceNanos) {
    sync.throwIfNotInThisSynchronizationContext();
    BridgeConnection second = connect();
    ask(
        second,
        failure -> {
          boolean alive = failure == null;
          if (closed || silent.aliveSince(sinceNanos)) {
            second.close();
            silent.resumeWatch();
            return;
          }
          String what = alive ? "the connection went silent" : "the bridge went silent";
          log.warn("bridge={} reason=SILENCE {}", target, what);
          boolean wasCurrent = silent == current;
          if (wasCurrent && alive) {
            current = second;
          } else {
            second.close();
          }
          Fault silence = Fault.of(FaultCause.SILENCE, what);
          if (wasCurrent && !alive && usable) {
            fault = silence;
            breaker.onError(0, TimeUnit.NANOSECONDS, new IllegalStateException(what));
            goAway(what);
          }
          silent.lose(silence);
        });
  }

  /** Any thread: no probe and no connection from now on. */
  void close() {
    closed = true;
    sync.execute(
        () -> {
          disarm();
          current.close();
        });
  }

  private void goAway(String why) {
    usable = false;
    log.debug("bridge={} {}: asking whether it is there", target, why);
    changed.run();
    schedule();
  }

  private void schedule() {
    scheduleIn(backoff.failed(time.nanoTime()));
  }

  private void scheduleIn(long nanos) {
    disarm();
    timer = sync.schedule(this::probe, nanos, TimeUnit.NANOSECONDS, scheduler);
  }

  private void probe() {
    timer = null;
    if (closed || probing) {
      return;
    }
    probing = true;
    lastProbeNanos = time.nanoTime();
    BridgeConnection old = current;
    // A channel that failed once waits by a schedule of its own: every probe has a new one.
    BridgeConnection asked = old.transport().isUp() ? old : connect();
    ask(
        asked,
        failure -> {
          probing = false;
          if (closed) {
            asked.close();
          } else if (failure == null) {
            comeBack(asked, old);
          } else {
            stayAway(asked, old, failure);
          }
        });
  }

  private void comeBack(BridgeConnection asked, BridgeConnection old) {
    boolean news = !usable;
    if (breakerOpen()) {
      breaker.transitionToClosedState();
      returns.incrementAndGet();
      log.info("bridge={} answers again", target);
    }
    backoff.succeeded(time.nanoTime());
    current = asked;
    usable = true;
    if (asked != old) {
      old.retire();
    }
    if (news) {
      changed.run();
    }
  }

  private void stayAway(BridgeConnection asked, BridgeConnection old, Fault failure) {
    fault = failure;
    usable = false;
    if (!breakerOpen()) {
      breaker.onError(0, TimeUnit.NANOSECONDS, new IllegalStateException("no answer"));
      log.warn(
          "bridge={} reason=UNREACHABLE does not answer, asking again: {}",
          target,
          failure.detail());
      changed.run();
    }
    if (asked == old) {
      current = connect();
      old.lose(Fault.of(FaultCause.SILENCE, "the bridge does not answer"));
    } else {
      asked.close();
    }
    schedule();
  }

  /** How a health check went. */
  private interface Answer {
    /** Null: the bridge lives. */
    void is(@Nullable Fault failure);
  }

  private void ask(BridgeConnection connection, Answer answer) {
    connection
        .transport()
        .health(
            options.probeTimeout().toNanos(),
            new Transport.Reply<HealthCheckResponse>() {
              @Override
              public void onAnswer(HealthCheckResponse response) {
                sync.execute(
                    () -> {
                      boolean wasDraining = draining;
                      draining = response.getStatus() == ServingStatus.NOT_SERVING;
                      connection.answered(time.nanoTime());
                      answer.is(null);
                      watchDrain();
                      if (wasDraining && !draining) {
                        // It takes sessions again: one that waits for a second place may go.
                        changed.run();
                      }
                    });
              }

              @Override
              public void onFailure(Failure failure) {
                sync.execute(() -> answer.is(failure.transport() ? failure.fault() : null));
              }
            });
  }

  private BridgeConnection connect() {
    return new BridgeConnection(this, network.connect(address), time, sync, scheduler, options);
  }

  private void disarm() {
    SynchronizationContext.ScheduledHandle handle = timer;
    timer = null;
    if (handle != null) {
      handle.cancel();
    }
  }

  /** One failed probe opens it; only the probe's success closes it. */
  private static CircuitBreakerConfig breakerConfig() {
    return CircuitBreakerConfig.custom()
        .slidingWindowSize(1)
        .minimumNumberOfCalls(1)
        .failureRateThreshold(100)
        .waitDurationInOpenState(Duration.ofDays(365))
        .build();
  }
}
