package dev.livekitbridge.client;

import dev.livekitbridge.core.BridgeTracing;
import dev.livekitbridge.core.trace.Traces;
import io.grpc.ManagedChannelBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The door to one or more bridges: opens sessions, and shares connections, timers and threads among
 * them. A process needs one. Safe for use by many threads.
 *
 * <p>With several bridges each user's session goes to one of those that answer, the same one every
 * time so long as they stay the same; it moves to another one when its bridge goes away. Nothing
 * here waits for the network but {@link #close}.
 */
public final class BridgeClient implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final ClientCore core;

  private BridgeClient(ClientCore core) {
    this.core = core;
  }

  /**
   * A builder for a client of one or more bridges.
   *
   * @param target {@code host:port}, {@code unix:/path}, or a name that stands for one bridge or
   *     many and is looked up again and again ({@link DiscoveryOptions}): {@code dns:///host:port},
   *     or any other scheme that a gRPC name resolver of the process is registered for
   * @param more further ones
   * @return a new builder
   * @throws IllegalArgumentException if a target is none of these
   */
  public static Builder builder(String target, String... more) {
    Set<String> targets = new LinkedHashSet<>();
    targets.add(Target.check(target));
    for (String next : more) {
      targets.add(Target.check(next));
    }
    return new Builder(List.copyOf(targets));
  }

  /**
   * A builder for the bridge that the environment names: the Unix socket in {@code
   * LIVEKIT_GRPC_SOCKET}, else {@code LIVEKIT_GRPC_BRIDGE_URL} ({@code host:port}).
   *
   * @param environment usually {@code System.getenv()}
   * @return a new builder
   * @throws IllegalArgumentException if it names none
   */
  public static Builder fromEnvironment(Map<String, String> environment) {
    return builder(Target.fromEnvironment(environment));
  }

  /**
   * Opens a session and returns at once; events tell how it goes. Frames may be sent right away:
   * they are kept until there is a stream.
   *
   * @param request what the session is to be
   * @return the session, on its way
   * @throws IllegalStateException if the client is closed
   */
  public BridgeSession open(SessionRequest request) {
    return core.open(request);
  }

  /**
   * The sessions that are not over.
   *
   * @return a copy, in no order
   */
  public Collection<BridgeSession> sessions() {
    return core.sessions();
  }

  /** Closes as {@link #close(Duration)} with 5 s. */
  @Override
  public void close() {
    close(CLOSE_TIMEOUT);
  }

  /**
   * Closes every session, all at once, then frees connections and threads. Waits for it; a few
   * seconds longer than told at most. Called again, it does nothing. Not for callbacks: their
   * threads end here.
   *
   * @param atMost how long to let audio play out; zero leaves at once
   */
  public void close(Duration atMost) {
    core.close(Checks.notNegative("atMost", atMost));
  }

  ClientCore core() {
    return core;
  }

  /** Builds a {@link BridgeClient}. Not thread-safe. */
  public static final class Builder {
    private final List<String> targets;
    private ReconnectOptions reconnect = ReconnectOptions.defaults();
    private HeartbeatOptions heartbeat = HeartbeatOptions.defaults();
    private BufferOptions buffer = BufferOptions.defaults();
    private DiscoveryOptions discovery = DiscoveryOptions.defaults();
    private @Nullable TlsOptions tls;
    private @Nullable BearerSupplier bearer;
    private boolean bearerInPlaintext;
    private @Nullable MeterRegistry registry;
    private @Nullable BridgeTracing tracing;
    private @Nullable Function<String, ManagedChannelBuilder<?>> channels;
    private @Nullable RuntimeOptions runtime;
    private Consumer<ReconnectAlert> onAlert = alert -> {};
    private boolean warmUp = true;

    private Builder(List<String> targets) {
      this.targets = targets;
    }

    /**
     * How the client comes back after a fault.
     *
     * @param value the defaults by default
     * @return this
     */
    public Builder reconnect(ReconnectOptions value) {
      reconnect = value;
      return this;
    }

    /**
     * How it notices one.
     *
     * @param value the defaults by default
     * @return this
     */
    public Builder heartbeat(HeartbeatOptions value) {
      heartbeat = value;
      return this;
    }

    /**
     * How much audio a session keeps.
     *
     * @param value the defaults by default
     * @return this
     */
    public Builder buffer(BufferOptions value) {
      buffer = value;
      return this;
    }

    /**
     * How bridges are found by a name, and sessions spread over them.
     *
     * @param value the defaults by default
     * @return this
     */
    public Builder discovery(DiscoveryOptions value) {
      discovery = value;
      return this;
    }

    /**
     * TLS towards the bridges.
     *
     * @param value plain text by default
     * @return this
     */
    public Builder tls(TlsOptions value) {
      tls = value;
      return this;
    }

    /**
     * Who this service is, for bridges that ask for it: the token goes with every call.
     *
     * @param value no token by default
     * @return this
     */
    public Builder bearer(BearerSupplier value) {
      bearer = value;
      return this;
    }

    /**
     * Lets the token go without TLS to a bridge on another machine, where something else keeps the
     * way secret, such as a service mesh.
     *
     * @param value false by default: {@link #build} refuses it
     * @return this
     */
    public Builder bearerInPlaintext(boolean value) {
      bearerInPlaintext = value;
      return this;
    }

    /**
     * Where the metrics go: {@code livekit.bridge.client.*}, none of them labelled with a user.
     *
     * @param value nowhere by default
     * @return this
     */
    public Builder meterRegistry(MeterRegistry value) {
      registry = value;
      return this;
    }

    /**
     * Where traces of joins, reconnects, resumes and playbacks go.
     *
     * @param value nowhere by default, and no OpenTelemetry is needed
     * @return this
     */
    public Builder tracing(BridgeTracing value) {
      tracing = value;
      return this;
    }

    /**
     * Who is told of too many reconnections, of a session or of the client as a whole. Called on a
     * thread of the client, one alert at a time.
     *
     * @param value nobody by default; each alert is logged as well
     * @return this
     */
    public Builder onAlert(Consumer<ReconnectAlert> value) {
      onAlert = value;
      return this;
    }

    /**
     * Brings gRPC channels of the caller's making, for a bridge in the same process or a transport
     * of one's own. {@link #tls} and the connect timeout do not apply to them then. The client sets
     * executors and limits, and closes the channels.
     *
     * @param value a new builder for a target, at every call
     * @return this
     */
    public Builder channels(Function<String, ManagedChannelBuilder<?>> value) {
      channels = value;
      return this;
    }

    /**
     * Time, threads and randomness of the caller's own.
     *
     * @param value the machine's clock and threads of the client's own by default
     * @return this
     */
    public Builder runtime(RuntimeOptions value) {
      runtime = value;
      return this;
    }

    /**
     * Whether the first client of a process calls itself over loopback while it is built, some
     * tenths of a second, so that its first session does not wait for classes to be loaded: a
     * service that restarts hears its room sooner after {@link BridgeClient#open}. Not where the
     * channels or the runtime are the caller's.
     *
     * @param value true by default
     * @return this
     */
    public Builder warmUp(boolean value) {
      warmUp = value;
      return this;
    }

    /**
     * The client. It connects when the first session is opened.
     *
     * @return a new client; close it
     * @throws IllegalArgumentException if the TLS options cannot be used, or a bearer token would
     *     go in plain text to another machine
     */
    public BridgeClient build() {
      if (bearer != null && tls == null && channels == null && !bearerInPlaintext) {
        for (String target : targets) {
          if (!Target.isLocal(target)) {
            throw new IllegalArgumentException(
                "target: "
                    + target
                    + " would be sent the bearer token in plain text (expected: tls(...), or"
                    + " bearerInPlaintext(true) where the way there is secret)");
          }
        }
      }
      if (warmUp && channels == null && runtime == null) {
        WarmUp.once();
      }
      return build(
          RealRuntime.create(
                  runtime, channels, tls, Math.toIntExact(reconnect.connectTimeout().toMillis()))
              .bearer(bearer));
    }

    /** A client of another world, for tests and the simulator. */
    BridgeClient build(ClientRuntime runtime) {
      return new BridgeClient(
          new ClientCore(
              runtime,
              targets,
              reconnect,
              heartbeat,
              buffer,
              discovery,
              registry,
              Traces.of(tracing),
              onAlert));
    }
  }
}
