package dev.livekitbridge.client;

import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The client's meters. Frames are summed when a registry asks, so that the hot path counts nothing
 * twice; no label names a user. Safe for use by many threads.
 */
final class ClientMetrics {
  /** Where the sums come from. */
  interface Source {
    /** Books of every session that ever was, summed. */
    Totals totals();

    /** State of each session of now. */
    Collection<ConnectionState> states();

    /** Bridges whose circuit is open, or is not. */
    long circuits(boolean open);
  }

  /** Sums over sessions. */
  record Totals(FrameCounts sent, FrameCounts received, FrameCounts fallback) {
    static final Totals NONE = new Totals(FrameCounts.NONE, FrameCounts.NONE, FrameCounts.NONE);

    Totals plus(SessionStats stats) {
      return new Totals(
          sent.plus(stats.sent()),
          received.plus(stats.received()),
          fallback.plus(stats.fallback()));
    }
  }

  private static final String PREFIX = "livekit.bridge.client.";
  private static final Duration[] BUCKETS =
      Stream.of(100, 250, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 30_000, 60_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final @Nullable MeterRegistry registry;
  private final List<Meter> meters = new ArrayList<>();

  ClientMetrics(@Nullable MeterRegistry registry) {
    this.registry = registry;
  }

  /** Registers what is asked for, not counted. */
  synchronized void watch(Source source) {
    if (registry == null) {
      return;
    }
    frames(source, "sent", t -> t.sent());
    frames(source, "received", t -> t.received());
    frames(source, "fallback", t -> t.fallback());
    counter(source, "frames.replayed", Tags.empty(), "Frames sent again", t -> t.sent().replayed());
    counter(
        source,
        "frames.duplicates",
        Tags.empty(),
        "Frames that came again",
        t -> t.received().duplicates());
    counter(
        source,
        "frames.missing",
        Tags.empty(),
        "Frames the bridge gave up",
        t -> t.received().missing());
    gauge(source, "circuits", Tags.of("state", "open"), "Bridges", s -> s.circuits(true));
    gauge(source, "circuits", Tags.of("state", "closed"), "Bridges", s -> s.circuits(false));
    prepare();
    for (ConnectionState state : ConnectionState.values()) {
      if (state != ConnectionState.CLOSED) {
        gauge(
            source,
            "sessions",
            Tags.of("state", label(state)),
            "Open sessions",
            s -> s.states().stream().filter(one -> one == state).count());
      }
    }
  }

  void reconnected(FaultCause cause, @Nullable Duration faultToAudio) {
    if (registry != null) {
      reconnects(registry, cause).increment();
      if (faultToAudio != null) {
        faultToAudio(registry).record(faultToAudio);
      }
    }
  }

  void handedOver(boolean planned, SessionEvent.Join join) {
    if (registry != null) {
      handovers(registry, planned, join).increment();
    }
  }

  void roundTrip(long nanos) {
    if (registry != null) {
      ping(registry).record(Duration.ofNanos(nanos));
    }
  }

  void alerted(String scope) {
    if (registry != null) {
      alerts(registry, scope).increment();
    }
  }

  void tried(boolean attach) {
    if (registry != null) {
      tries(registry, attach).increment();
    }
  }

  void played(PlaybackResult.Outcome outcome) {
    if (registry != null) {
      playbacks(registry, outcome).increment();
    }
  }

  void playbackStarted(long nanos) {
    if (registry != null) {
      playbackStart(registry).record(Duration.ofNanos(nanos));
    }
  }

  /** Takes the meters that look at the client out of the registry. */
  synchronized void close() {
    if (registry != null) {
      meters.forEach(registry::remove);
      meters.clear();
    }
  }

  /** All are there from the start, so that a rate sees the first event. */
  private void prepare() {
    MeterRegistry into = registry;
    if (into == null) {
      return;
    }
    for (FaultCause cause : FaultCause.values()) {
      reconnects(into, cause);
    }
    for (SessionEvent.Join join : SessionEvent.Join.values()) {
      handovers(into, true, join);
      handovers(into, false, join);
    }
    for (PlaybackResult.Outcome outcome : PlaybackResult.Outcome.values()) {
      playbacks(into, outcome);
    }
    alerts(into, "session");
    alerts(into, "client");
    tries(into, true);
    tries(into, false);
    faultToAudio(into);
    ping(into);
    playbackStart(into);
  }

  private static Counter reconnects(MeterRegistry registry, FaultCause cause) {
    return Counter.builder(PREFIX + "reconnects")
        .description("Sessions that came back after a fault, by the outage's first cause")
        .tag("cause", cause.label())
        .register(registry);
  }

  private static Counter handovers(
      MeterRegistry registry, boolean planned, SessionEvent.Join join) {
    return Counter.builder(PREFIX + "handovers")
        .description("Sessions that went on at another bridge without a break")
        .tag("planned", Boolean.toString(planned))
        .tag("join", label(join))
        .register(registry);
  }

  private static Counter alerts(MeterRegistry registry, String scope) {
    return Counter.builder(PREFIX + "alerts")
        .description("Alerts on excessive reconnections")
        .tag("scope", scope)
        .register(registry);
  }

  private static Counter tries(MeterRegistry registry, boolean attach) {
    return Counter.builder(PREFIX + "tries")
        .description("Joins and attaches begun")
        .tag("kind", attach ? "attach" : "join")
        .register(registry);
  }

  private static Counter playbacks(MeterRegistry registry, PlaybackResult.Outcome outcome) {
    return Counter.builder(PREFIX + "playbacks")
        .description("Playbacks that are over")
        .tag("outcome", label(outcome))
        .register(registry);
  }

  private static Timer faultToAudio(MeterRegistry registry) {
    // Buckets, which unlike percentiles can be summed over many clients: finest around the 2 s.
    return Timer.builder(PREFIX + "fault.to.audio")
        .description("From the fault to the first frame after it")
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  private static Timer ping(MeterRegistry registry) {
    return Timer.builder(PREFIX + "ping")
        .description("Round trip of a ping on a stream")
        .publishPercentiles(0.5, 0.99)
        .register(registry);
  }

  private static Timer playbackStart(MeterRegistry registry) {
    return Timer.builder(PREFIX + "playback.start")
        .description("From the request of a playback to its first frame in the room")
        .publishPercentiles(0.5, 0.99)
        .register(registry);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private interface Part {
    FrameCounts of(Totals totals);
  }

  private void frames(Source source, String direction, Part part) {
    Tags tags = Tags.of("direction", direction);
    counter(source, "frames.accepted", tags, "Frames taken in", t -> part.of(t).accepted());
    counter(
        source, "frames.delivered", tags, "Frames handed on for good", t -> part.of(t).delivered());
    for (DropCause cause : DropCause.values()) {
      counter(
          source,
          "frames.dropped",
          tags.and("cause", label(cause)),
          "Frames given up",
          t -> part.of(t).dropped().getOrDefault(cause, 0L));
    }
    gauge(source, "frames.buffered", tags, "Frames held", s -> part.of(s.totals()).buffered());
    gauge(
        source,
        "frames.unaccounted",
        tags,
        "accepted - delivered - dropped - buffered; anything but 0 is a defect",
        s -> part.of(s.totals()).unaccounted());
  }

  private void counter(
      Source source, String name, Tags tags, String description, ToDoubleFunction<Totals> value) {
    if (registry != null) {
      meters.add(
          FunctionCounter.builder(PREFIX + name, source, s -> value.applyAsDouble(s.totals()))
              .description(description)
              .tags(tags)
              .register(registry));
    }
  }

  private void gauge(
      Source source, String name, Tags tags, String description, ToDoubleFunction<Source> value) {
    if (registry != null) {
      meters.add(
          Gauge.builder(PREFIX + name, source, value)
              .description(description)
              .tags(tags)
              .register(registry));
    }
  }
}
