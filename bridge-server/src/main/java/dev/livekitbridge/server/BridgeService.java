package dev.livekitbridge.server;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.livekitbridge.core.BridgeTracing;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionSnapshot;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.link.RetentionBudget;
import dev.livekitbridge.core.trace.Traces;
import dev.livekitbridge.core.wire.StreamAudioWire;
import dev.livekitbridge.server.admin.Site;
import dev.livekitbridge.server.guard.CallerLimits;
import dev.livekitbridge.server.guard.SecurityInterceptor;
import dev.livekitbridge.server.playback.HttpSounds;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import dev.livekitbridge.server.rpc.BridgeRpc;
import dev.livekitbridge.server.rpc.CallTraces;
import dev.livekitbridge.server.security.SecurityOptions;
import dev.livekitbridge.server.session.Admission;
import dev.livekitbridge.server.session.RoomConnectors;
import dev.livekitbridge.server.session.SessionEnvironment;
import dev.livekitbridge.server.session.SessionMeters;
import dev.livekitbridge.server.session.SessionMetrics;
import dev.livekitbridge.server.session.SessionRegistry;
import dev.livekitbridge.server.session.SessionSettings;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bridge as a gRPC service, for a server of one's own (or in-process): {@code
 * serverBuilder.addService(service)}. {@link BridgeServer} is such a server, ready made.
 *
 * <p>Give the server a direct executor: the calls of this service never block. For existing clients
 * it should take messages of 10 MB and permit keepalive pings every 5 s. Safe for use by many
 * threads.
 */
public final class BridgeService implements BindableService, AutoCloseable {
  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

  private final SessionRegistry registry;
  private final BridgeRpc rpc;
  // Where everybody may do everything, nothing stands before the service.
  private final @Nullable SecurityInterceptor guard;
  private final TimeSource time;
  private final ScheduledExecutorService scheduler;
  private final HttpSounds sounds;
  private final List<AutoCloseable> owned;
  private final @Nullable BridgeTracing tracing;

  private BridgeService(Builder builder) {
    this.time = builder.time;
    this.tracing = builder.tracing;
    this.owned = new ArrayList<>();
    ScheduledExecutorService given = builder.scheduler;
    if (given == null) {
      ScheduledThreadPoolExecutor own = ownScheduler();
      owned.add(own::shutdownNow);
      given = own;
    }
    this.scheduler = given;
    List<RoomConnector> connectors = new ArrayList<>();
    if (builder.connectors.stream().noneMatch(c -> c.schemes().contains("memory"))) {
      MemoryRooms own = MemoryRooms.create();
      owned.add(own);
      connectors.add(own);
    }
    connectors.addAll(builder.connectors);
    SessionSettings settings = builder.options.toSettings();
    ExecutorService decoders = PlaybackThreads.create(settings.playback().maxPerServer());
    this.sounds = new HttpSounds(settings.playback(), decoders);
    owned.add(sounds);
    owned.add(decoders::shutdownNow);
    SessionEnvironment environment =
        new SessionEnvironment(
            builder.time,
            scheduler,
            settings,
            new RoomConnectors(connectors),
            builder.security.isOpen() ? Admission.OPEN : new CallerLimits(builder.security),
            sounds,
            new SessionMetrics(builder.meterRegistry),
            new RetentionBudget(builder.options.retentionTotalBytes()),
            builder.sessionIds,
            builder.log);
    this.registry = new SessionRegistry(environment);
    this.guard =
        builder.security.isOpen()
            ? null
            : new SecurityInterceptor(builder.security, builder.time, builder.meterRegistry);
    if (builder.meterRegistry != null) {
      SessionMeters.register(builder.meterRegistry, environment, registry);
    }
    this.rpc = new BridgeRpc(registry, environment, Version.current());
  }

  /**
   * A builder with the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public ServerServiceDefinition bindService() {
    ServerServiceDefinition bound = StreamAudioWire.bind(rpc);
    if (tracing != null) {
      bound = ServerInterceptors.intercept(bound, new CallTraces(Traces.of(tracing)));
    }
    // The guard comes first: who is not let in makes no spans.
    return guard == null ? bound : ServerInterceptors.intercept(bound, guard);
  }

  /**
   * The sessions that are alive now. Waits for their word, which takes no longer than what they
   * just do; so it is not for the threads of a room.
   *
   * @return a snapshot of each, in no order
   */
  public List<SessionSnapshot> sessions() {
    try {
      return registry.reports().snapshots().get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("a session did not tell its state within 5 s", e);
    }
  }

  /**
   * What became of the frames from rooms to clients, over all sessions that there ever were. Each
   * session tells about once a second, and when it ends.
   *
   * @return the sum, for which the law of frames holds
   */
  public FrameCounts framesToClients() {
    return registry.metrics().frames(SessionMetrics.Direction.TO_CLIENT);
  }

  /**
   * What became of the frames from clients to rooms; as {@link #framesToClients}.
   *
   * @return the sum, for which the law of frames holds
   */
  public FrameCounts framesToRooms() {
    return registry.metrics().frames(SessionMetrics.Direction.TO_ROOM);
  }

  /** Like {@link #close(Duration)} with 5 s. */
  @Override
  public void close() {
    close(CLOSE_DEADLINE);
  }

  /**
   * Drains, and ends what is left in time: joins are refused from now on, clients that can hear it
   * are told to go elsewhere, the others are disconnected; every room is left. Blocks until no
   * session is left, or until the deadline; if interrupted it ends the sessions at once. The room
   * connectors that were given to the builder stay open: they are the caller's.
   *
   * @param deadline for all of it
   */
  public void close(Duration deadline) {
    long endNanos = time.nanoTime() + deadline.toNanos();
    // The last part is for ends that must still reach their clients and rooms.
    Duration reserve = min(deadline.dividedBy(4), Duration.ofMillis(500));
    long drainNanos = deadline.minus(reserve).toNanos();
    await(registry.drain(drainNanos), drainNanos);
    await(registry.closeAll(), Math.max(0, endNanos - time.nanoTime()));
    for (AutoCloseable resource : owned) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException("could not close " + resource, e);
      }
    }
  }

  /**
   * Begins what {@link #close(Duration)} does, and returns at once: for callers that must not wait.
   *
   * @param deadline for clients to go elsewhere by themselves; the others are disconnected then
   * @return completes when no session is left; the service is to be closed even so
   */
  public CompletionStage<Void> beginClose(Duration deadline) {
    CompletableFuture<Void> drained = registry.drain(deadline.toNanos());
    Future<?> end =
        scheduler.schedule(registry::closeAll, deadline.toNanos(), TimeUnit.NANOSECONDS);
    return drained.whenComplete((done, error) -> end.cancel(false));
  }

  /** What an admin port shows of it. */
  Site site(
      @Nullable Supplier<String> metrics,
      BooleanSupplier serving,
      Supplier<CompletionStage<Void>> pulse) {
    return new Site(
        registry,
        metrics,
        () -> serving.getAsBoolean() && !registry.isDraining(),
        pulse,
        time,
        Version.current());
  }

  /** Loads in the background what the first playback needs. */
  void preparePlayback() {
    sounds.prepare();
  }

  private static void await(CompletableFuture<Void> done, long nanos) {
    try {
      done.get(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      // Time is up: go on with what is left.
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static ScheduledThreadPoolExecutor ownScheduler() {
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(
            1, new ThreadFactoryBuilder().setNameFormat("bridge-timer").setDaemon(true).build());
    scheduler.setRemoveOnCancelPolicy(true);
    return scheduler;
  }

  private static Supplier<String> secretIds() {
    SecureRandom random = new SecureRandom();
    return () -> {
      byte[] bytes = new byte[16];
      random.nextBytes(bytes);
      return HexFormat.of().formatHex(bytes);
    };
  }

  /** Builds {@link BridgeService}; not safe for use by many threads at once. */
  public static final class Builder {
    private final List<RoomConnector> connectors = new ArrayList<>();
    private BridgeServerOptions options = BridgeServerOptions.defaults();
    private SecurityOptions security = SecurityOptions.none();
    private @Nullable MeterRegistry meterRegistry;
    private @Nullable BridgeTracing tracing;
    private TimeSource time = TimeSource.system();
    private @Nullable ScheduledExecutorService scheduler;
    private Supplier<String> sessionIds = secretIds();
    private Logger log = LoggerFactory.getLogger("dev.livekitbridge.server.session");

    Builder() {}

    /**
     * Adds a kind of room; which one a join means is chosen by the scheme of its URL. Rooms inside
     * the process ({@code memory:NAME}) are always there.
     *
     * @param connector stays the caller's, who closes it after the service; a later one takes a
     *     scheme over from an earlier one
     * @return this
     */
    public Builder rooms(RoomConnector connector) {
      connectors.add(connector);
      return this;
    }

    /**
     * Times and limits.
     *
     * @param value by default {@link BridgeServerOptions#defaults}
     * @return this
     */
    public Builder options(BridgeServerOptions value) {
      options = value;
      return this;
    }

    /**
     * Who may use it, for what, and how much.
     *
     * @param value by default {@link SecurityOptions#none}: everybody, for everything
     * @return this
     */
    public Builder security(SecurityOptions value) {
      security = value;
      return this;
    }

    /**
     * Where metrics go. Their names begin with {@code livekit.bridge.}; no label names a user.
     *
     * @param registry stays the caller's; by default there are no metrics
     * @return this
     */
    public Builder meterRegistry(MeterRegistry registry) {
      meterRegistry = registry;
      return this;
    }

    /**
     * Where traces of joins, resumes and playbacks go.
     *
     * @param value by default there are none, and no OpenTelemetry is needed
     * @return this
     */
    public Builder tracing(BridgeTracing value) {
      tracing = value;
      return this;
    }

    /**
     * The clock.
     *
     * @param value by default the machine's; the scheduler has to run on the same one
     * @return this
     */
    public Builder time(TimeSource value) {
      time = value;
      return this;
    }

    /**
     * What runs the timers.
     *
     * @param value stays the caller's; its tasks are short and never block. By default a thread of
     *     the service's own
     * @return this
     */
    public Builder scheduler(ScheduledExecutorService value) {
      scheduler = value;
      return this;
    }

    Builder sessionIds(Supplier<String> value) {
      sessionIds = value;
      return this;
    }

    Builder log(Logger value) {
      log = value;
      return this;
    }

    /**
     * The service.
     *
     * @return a new service, which {@link BridgeService#close} ends
     */
    public BridgeService build() {
      return new BridgeService(this);
    }
  }
}
