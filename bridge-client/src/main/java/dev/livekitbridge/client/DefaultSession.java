package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The face of a session: what callers use, from any thread. */
final class DefaultSession implements BridgeSession {
  private static final Logger log = LoggerFactory.getLogger(BridgeSession.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  // Beyond the time to play out: LeaveRoom and the last hand-overs.
  private static final Duration CLOSE_GRACE = Duration.ofMillis(1_500);

  private final SessionRequest request;
  private final String alias;
  private final SynchronizationContext sync;
  private final FrameSender sender;
  private final FrameReceiver receiver;
  private final Delivery delivery;
  private final @Nullable Fallback fallback;
  private final Playbacks playbacks;
  private final SessionDriver driver;
  private final CompletableFuture<CloseReason> ended = new CompletableFuture<>();
  private final CompletableFuture<CloseReason> told = new CompletableFuture<>();
  private final Runnable acknowledge;

  DefaultSession(
      ClientShared shared,
      Bridges bridges,
      SessionRequest request,
      String alias,
      Consumer<DefaultSession> onEnd) {
    this.request = request;
    this.alias = alias;
    this.sync =
        new SynchronizationContext(
            (thread, error) ->
                log.error(
                    "user={} session={} defect: please report it", request.userId, alias, error));
    Executor executor = request.executor == null ? shared.callbacks : request.executor;
    String what = "user=" + request.userId + " session=" + alias;
    SessionVoice voice = new SessionVoice(request, alias, shared.log, executor);
    this.delivery =
        new Delivery(
            what + " onAudio",
            request.onAudio,
            executor,
            shared.time,
            shared.buffer,
            request.acknowledgeByHand);
    this.receiver =
        new FrameReceiver(
            delivery,
            request.audioSource == SessionRequest.AudioSource.DATA_PACKETS,
            shared.heartbeat.interval().toNanos(),
            span -> voice.tell(new SessionEvent.FramesLost(span)));
    this.sender =
        new FrameSender(
            sync,
            shared.time,
            shared.buffer,
            shared.budget,
            request.liveMaxDelay.toNanos(),
            receiver,
            voice::ready);
    this.fallback =
        request.fallback == null
            ? null
            : new Fallback(what, request.fallback, executor, shared.time, shared.buffer);
    this.playbacks = new Playbacks(shared, sync, request.userId, what, executor);
    this.driver =
        new SessionDriver(
            shared,
            bridges,
            request,
            sync,
            sender,
            receiver,
            fallback,
            playbacks,
            voice,
            new SessionTrace(shared.traces, alias),
            reason -> {
              onEnd.accept(this);
              ended.complete(reason);
              tellClosed(reason, executor);
            });
    this.acknowledge = driver::acknowledge;
  }

  void open() {
    sync.execute(driver::open);
  }

  @Override
  public String userId() {
    return request.userId;
  }

  @Override
  public SendResult send(AudioFrame frame) {
    sender.admit(frame.track().value());
    Fallback instead = fallback;
    if (instead != null && driver.state() == ConnectionState.DEGRADED) {
      instead.offer(frame);
      return SendResult.FALLBACK;
    }
    return sender.send(frame);
  }

  @Override
  public void acknowledge(AudioFrame frame) {
    if (!request.acknowledgeByHand) {
      throw new IllegalStateException(
          "user="
              + request.userId
              + ": frames are acknowledged when onAudio returns (expected: a request built with"
              + " acknowledgeByHand(true))");
    }
    delivery.acknowledge(frame);
  }

  @Override
  public Playback play(PlayRequest wanted) {
    return playbacks.play(wanted);
  }

  @Override
  public void stopPlaybacks() {
    playbacks.stopAll();
  }

  @Override
  public void stopPlaybacks(TrackId track) {
    playbacks.stopAll(track);
  }

  @Override
  public ConnectionState state() {
    return driver.state();
  }

  @Override
  public SessionStats stats() {
    CompletableFuture<SessionStats> stats = new CompletableFuture<>();
    sync.execute(() -> stats.complete(driver.stats()));
    // Within the executor itself it would run after this returns only.
    return !stats.isDone() && inSync() ? driver.stats() : stats.join();
  }

  /** The books as of the last sweep; any thread, without waiting. */
  SessionStats snapshot() {
    return driver.snapshot();
  }

  @Override
  public void reconnectNow() {
    sync.execute(driver::reconnectNow);
  }

  @Override
  public CompletionStage<CloseReason> closed() {
    return told.minimalCompletionStage();
  }

  @Override
  public void close() {
    close(CLOSE_TIMEOUT);
  }

  @Override
  public void close(Duration atMost) {
    Checks.notNegative("atMost", atMost);
    CompletableFuture<CloseReason> end = end(atMost);
    if (!end.isDone() && !inSync()) {
      await(end, atMost.plus(CLOSE_GRACE));
    }
  }

  @Override
  public CompletionStage<CloseReason> beginClose(Duration atMost) {
    CompletableFuture<CloseReason> unused = end(Checks.notNegative("atMost", atMost));
    return closed();
  }

  /** Begins to close, without waiting; completes before the caller is told. */
  CompletableFuture<CloseReason> end(Duration atMost) {
    sender.refuse();
    sync.execute(() -> driver.close(atMost.toNanos()));
    return ended;
  }

  /** Some bridge came or went. */
  void onBridges() {
    sync.execute(driver::onBridges);
  }

  /** Moves to the one of these where it should be, if there is one and so many may still move. */
  void rebalance(Set<Bridge> wanting, AtomicInteger left) {
    sync.execute(
        () -> {
          if (left.get() > 0 && driver.rebalance(wanting)) {
            left.decrementAndGet();
          }
        });
  }

  /** Acknowledges what is due; called every 20 ms. */
  void pulse(long now) {
    if (receiver.ackOverdue(now)) {
      sync.execute(acknowledge);
    }
  }

  /** Keeps the books; called every second. */
  void sweep() {
    sync.execute(driver::sweep);
  }

  /** As equality: of this one only; the same in every run, and with it the order in sets. */
  @Override
  public int hashCode() {
    return alias.hashCode();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public String toString() {
    return "BridgeSession[userId=" + request.userId + ", state=" + state() + "]";
  }

  static void await(CompletableFuture<?> future, Duration atMost) {
    try {
      future.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      log.warn("closing took longer than {} ms; going on without it", atMost.toMillis());
    } catch (ExecutionException e) {
      throw new IllegalStateException("never completed with an error", e);
    }
  }

  private void tellClosed(CloseReason reason, Executor executor) {
    try {
      executor.execute(() -> told.complete(reason));
    } catch (RuntimeException e) {
      told.complete(reason);
    }
  }

  /** Whether this thread is the session's executor now: with an executor that runs directly. */
  private boolean inSync() {
    try {
      sync.throwIfNotInThisSynchronizationContext();
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }
}
