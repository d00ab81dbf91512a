package dev.livekitbridge.client;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.proto.HealthCheckResponse;
import io.grpc.SynchronizationContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a bridge, those who use it, and the watch over its silence. What streams note
 * here may come from any thread; the watch runs on the bridge's executor.
 */
final class BridgeConnection {
  /** A session with a call or stream on the connection. Called on any thread. */
  interface User {
    /** The connection is silent: give a sign of life if a stream of yours can. */
    boolean ping(BridgeConnection connection);

    /** The connection is given up. */
    void connectionLost(BridgeConnection connection, Fault fault);
  }

  private final Bridge bridge;
  private final Transport.Connection transport;
  private final TimeSource time;
  private final SynchronizationContext sync;
  private final ScheduledExecutorService scheduler;
  private final SilenceDetector detector;
  private final long pingDeadlineNanos;
  private final long healthEveryNanos;
  private final Set<User> users = ConcurrentHashMap.newKeySet();
  private final Runnable watch = this::watch;
  private SynchronizationContext.@Nullable ScheduledHandle timer;
  private boolean retired;
  private boolean closed;
  private boolean checking;
  private boolean asking;
  private volatile long askedNanos;

  BridgeConnection(
      Bridge bridge,
      Transport.Connection transport,
      TimeSource time,
      SynchronizationContext sync,
      ScheduledExecutorService scheduler,
      HeartbeatOptions options) {
    this.bridge = bridge;
    this.transport = transport;
    this.time = time;
    this.sync = sync;
    this.scheduler = scheduler;
    this.detector = new SilenceDetector(options, time.nanoTime());
    this.pingDeadlineNanos = options.pingGrace().toNanos() + options.probeTimeout().toNanos();
    this.healthEveryNanos = options.interval().toNanos();
    this.askedNanos = time.nanoTime();
  }

  Bridge bridge() {
    return bridge;
  }

  Transport.Connection transport() {
    return transport;
  }

  /** Any thread: someone uses it from now on, until {@link #release}. */
  void use(User user) {
    users.add(user);
    sync.execute(
        () -> {
          if (timer == null && !closed) {
            arm();
          }
        });
  }

  /** Any thread. */
  void release(User user) {
    if (users.remove(user) && users.isEmpty()) {
      sync.execute(this::closeIfUnused);
    }
  }

  Transport.StreamCall stream(Transport.StreamListener listener) {
    return transport.stream(listener);
  }

  /** Any thread: a sign of life. */
  void heard(long now) {
    detector.heard(now);
  }

  /** Any thread: an answer of the bridge, which is a sign of life both ways. */
  void answered(long now) {
    detector.answered(now);
  }

  /** Any thread: audio of the room. */
  void roomAudio(long now) {
    detector.roomAudio(now);
  }

  /** Any thread: something was sent that the bridge answers. */
  void answerDue(long now) {
    detector.answerDue(now);
  }

  /** Whether it gave the sign of life that its last ping was to bring, after this time. */
  boolean aliveSince(long nanos) {
    return detector.aliveSince(nanos);
  }

  /** The check of a second connection is over and this one lives after all. */
  void resumeWatch() {
    sync.throwIfNotInThisSynchronizationContext();
    checking = false;
    if (timer == null && !closed) {
      arm();
    }
  }

  /** Another connection takes the place of this one; its streams may live on. */
  void retire() {
    sync.throwIfNotInThisSynchronizationContext();
    retired = true;
    transport.retire();
    closeIfUnused();
  }

  /** It is dead: everyone on it is told, and it is closed. */
  void lose(Fault fault) {
    sync.throwIfNotInThisSynchronizationContext();
    for (User user : users) {
      user.connectionLost(this, fault);
    }
    close();
  }

  void close() {
    sync.throwIfNotInThisSynchronizationContext();
    closed = true;
    disarm();
    transport.close();
  }

  private void closeIfUnused() {
    if (retired && !closed && users.isEmpty()) {
      close();
    }
  }

  private void watch() {
    timer = null;
    if (closed || checking || users.isEmpty()) {
      return;
    }
    long now = time.nanoTime();
    switch (detector.check(now)) {
      case PING -> ping();
      case CHECK -> {
        checking = true;
        bridge.suspect(this, now);
        return;
      }
      case FINE -> askNowAndThen(now);
    }
    arm();
  }

  private void ping() {
    for (User user : users) {
      if (user.ping(this)) {
        return;
      }
    }
    ask();
  }

  /** A bridge that answers no pings is asked for its health as often as it gets a heartbeat. */
  private void askNowAndThen(long now) {
    if (!detector.heardSince(now - healthEveryNanos) && now - askedNanos >= healthEveryNanos) {
      ask();
    }
  }

  private void ask() {
    if (asking) {
      return;
    }
    asking = true;
    long now = time.nanoTime();
    askedNanos = now;
    detector.answerDue(now);
    transport.health(
        pingDeadlineNanos,
        new Transport.Reply<HealthCheckResponse>() {
          @Override
          public void onAnswer(HealthCheckResponse answer) {
            onHealth(true);
          }

          @Override
          public void onFailure(Failure failure) {
            onHealth(!failure.transport());
          }
        });
  }

  private void onHealth(boolean alive) {
    if (alive) {
      detector.answered(time.nanoTime());
    }
    sync.execute(() -> asking = false);
  }

  private void arm() {
    timer =
        sync.schedule(
            watch,
            Math.max(1_000_000, detector.nanosToNext(time.nanoTime())),
            TimeUnit.NANOSECONDS,
            scheduler);
  }

  private void disarm() {
    SynchronizationContext.ScheduledHandle handle = timer;
    timer = null;
    if (handle != null) {
      handle.cancel();
    }
  }
}
