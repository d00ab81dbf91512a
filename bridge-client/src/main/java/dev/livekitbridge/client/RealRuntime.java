package dev.livekitbridge.client;

import dev.livekitbridge.core.TimeSource;
import io.grpc.Deadline;
import io.grpc.ManagedChannelBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Makes the runtime of a real client: one timer thread, one event loop, and threads to wait on. */
final class RealRuntime {
  private static final int CALLBACK_THREADS =
      Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
  private static final long STOP_SECONDS = 2;

  private RealRuntime() {}

  /**
   * The runtime of a client.
   *
   * @param own what the caller brings, and keeps; null for the machine's clock and own threads
   */
  static ClientRuntime create(
      @Nullable RuntimeOptions own,
      @Nullable Function<String, ManagedChannelBuilder<?>> channels,
      @Nullable TlsOptions tls,
      int connectTimeoutMillis) {
    // What may fail comes first, so that nothing has to be undone.
    NettyChannels netty = channels == null ? new NettyChannels(tls, connectTimeoutMillis) : null;
    if (own != null) {
      return new ClientRuntime(
          own.time(),
          own.scheduler(),
          own.callbacks(),
          own.tokens(),
          own.random(),
          transport(channels, netty, serverName(tls), own.tokens(), ticker(own.time())),
          LoggerFactory::getLogger,
          () -> {});
    }
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("bridge-client-timer", true));
    scheduler.setRemoveOnCancelPolicy(true);
    scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    CallbackPool callbacks =
        new CallbackPool(CALLBACK_THREADS, new DefaultThreadFactory("bridge-client-calls", true));
    scheduler.scheduleAtFixedRate(
        callbacks::relieve,
        CallbackPool.RELIEF_NANOS,
        CallbackPool.RELIEF_NANOS,
        TimeUnit.NANOSECONDS);
    ExecutorService tokens =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            5,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new DefaultThreadFactory("bridge-client-tokens", true));
    Transport transport =
        transport(channels, netty, serverName(tls), tokens, Deadline.getSystemTicker());
    return new ClientRuntime(
        TimeSource.system(),
        scheduler,
        callbacks,
        tokens,
        new SecureRandom(),
        transport,
        LoggerFactory::getLogger,
        () -> {
          scheduler.shutdownNow();
          tokens.shutdownNow();
          callbacks.shutdown();
          stop(scheduler);
          stop(tokens);
          stop(callbacks);
        });
  }

  private static Transport transport(
      @Nullable Function<String, ManagedChannelBuilder<?>> channels,
      @Nullable NettyChannels netty,
      String serverName,
      ExecutorService tokens,
      Deadline.Ticker ticker) {
    return netty == null
        ? new GrpcTransport(Objects.requireNonNull(channels), serverName, tokens, ticker, () -> {})
        : new GrpcTransport(netty, serverName, tokens, ticker, netty);
  }

  private static String serverName(@Nullable TlsOptions tls) {
    return tls == null || tls.serverName == null ? "" : tls.serverName;
  }

  private static Deadline.Ticker ticker(TimeSource time) {
    return new Deadline.Ticker() {
      @Override
      public long nanoTime() {
        return time.nanoTime();
      }
    };
  }

  private static void stop(ExecutorService executor) {
    try {
      if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
