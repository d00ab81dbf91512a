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
    counter(source, "frames.replayed", Tags.empty(), t -> t.sent().replayed());
    counter(source, "frames.duplicates", Tags.empty(), t -> t.received().duplicates());
    counter(source, "frames.missing", Tags.empty(), t -> t.received().missing());
    for (ConnectionState state : ConnectionState.values()) {
      if (state != ConnectionState.CLOSED) {
        gauge(
            source,
            "sessions",
            Tags.of("state", state.name().toLowerCase(Locale.ROOT)),
            s -> s.states().stream().filter(one -> one == state).count());
      }
    }
  }

  void reconnected(FaultCause cause, @Nullable Duration faultToAudio) {
    if (registry != null) {
      Counter.builder(PREFIX + "reconnects")
          .description("Sessions that came back after a fault, by the outage's first cause")
          .tag("cause", cause.label())
          .register(registry)
          .increment();
      if (faultToAudio != null) {
        timer("fault.to.audio", "From the fault to the first frame after it").record(faultToAudio);
      }
    }
  }

  void handedOver(boolean planned, SessionEvent.Join join) {
    if (registry != null) {
      Counter.builder(PREFIX + "handovers")
          .description("Sessions that went on at another bridge without a break")
          .tag("planned", Boolean.toString(planned))
          .tag("join", join.name().toLowerCase(Locale.ROOT))
          .register(registry)
          .increment();
    }
  }

  void roundTrip(long nanos) {
    if (registry != null) {
      timer("ping", "Round trip of a ping on a stream").record(Duration.ofNanos(nanos));
    }
  }

  void alerted(String scope) {
    if (registry != null) {
      Counter.builder(PREFIX + "alerts")
          .description("Alerts on excessive reconnections")
          .tag("scope", scope)
          .register(registry)
          .increment();
    }
  }

  void tried(boolean attach) {
    if (registry != null) {
      Counter.builder(PREFIX + "tries")
          .description("Joins and attaches begun")
          .tag("kind", attach ? "attach" : "join")
          .register(registry)
          .increment();
    }
  }

  void played(PlaybackResult.Outcome outcome) {
    if (registry != null) {
      Counter.builder(PREFIX + "playbacks")
          .description("Playbacks that are over")
          .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
          .register(registry)
          .increment();
    }
  }

  void playbackStarted(long nanos) {
    if (registry != null) {
      timer("playback.start", "From the request of a playback to its first frame in the room")
          .record(Duration.ofNanos(nanos));
    }
  }

  /** Takes the meters that look at the client out of the registry. */
  synchronized void close() {
    if (registry != null) {
      meters.forEach(registry::remove);
      meters.clear();
    }
  }

  private interface Part {
    FrameCounts of(Totals totals);
  }

  private void frames(Source source, String direction, Part part) {
    Tags tags = Tags.of("direction", direction);
    counter(source, "frames.accepted", tags, t -> part.of(t).accepted());
    counter(source, "frames.delivered", tags, t -> part.of(t).delivered());
    for (DropCause cause : DropCause.values()) {
      counter(
          source,
          "frames.dropped",
          tags.and("cause", cause.name().toLowerCase(Locale.ROOT)),
          t -> part.of(t).dropped().getOrDefault(cause, 0L));
    }
    gauge(source, "frames.buffered", tags, s -> part.of(s.totals()).buffered());
    // The law of frames as a meter: anything but 0 is a defect to report.
    gauge(source, "frames.unaccounted", tags, s -> part.of(s.totals()).unaccounted());
  }

  private void counter(Source source, String name, Tags tags, ToDoubleFunction<Totals> value) {
    if (registry != null) {
      meters.add(
          FunctionCounter.builder(PREFIX + name, source, s -> value.applyAsDouble(s.totals()))
              .tags(tags)
              .register(registry));
    }
  }

  private void gauge(Source source, String name, Tags tags, ToDoubleFunction<Source> value) {
    if (registry != null) {
      meters.add(Gauge.builder(PREFIX + name, source, value).tags(tags).register(registry));
    }
  }

  private Timer timer(String name, String description) {
    if (registry == null) {
      throw new IllegalStateException("no registry");
    }
    return Timer.builder(PREFIX + name)
        .description(description)
        .publishPercentiles(0.5, 0.99)
        .register(registry);
  }
}
