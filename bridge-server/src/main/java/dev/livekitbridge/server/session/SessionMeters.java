package dev.livekitbridge.server.session;

import static dev.livekitbridge.server.session.SessionMetrics.label;

import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.core.link.RetentionBudget;
import dev.livekitbridge.server.session.SessionMetrics.Direction;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Shows the counts of a bridge in a registry: each is read when the registry asks. All are there
 * from the start, so that a rate sees the first event. {@code docs/metrics.md} tells each one's
 * meaning. A bridge that comes later into the same registry takes the names over.
 */
public final class SessionMeters {
  static final String PREFIX = "livekit.bridge.";

  private final MeterRegistry registry;

  private SessionMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Registers what a bridge counts. */
  public static void register(
      MeterRegistry registry, SessionEnvironment environment, SessionRegistry sessions) {
    SessionMeters meters = new SessionMeters(registry);
    SessionMetrics metrics = environment.metrics();
    meters.sessions(metrics, sessions, environment.settings().limits().maxSessions());
    meters.streams(metrics);
    meters.rooms(metrics, sessions.census());
    meters.playbacks(metrics);
    metrics.frames.forEach(meters::frames);
    RetentionBudget budget = environment.budget();
    meters.gauge(
        "retention",
        Tags.empty(),
        "Audio that sessions keep until it is acknowledged",
        "bytes",
        budget,
        RetentionBudget::heldBytes);
    meters.gauge(
        "retention.max",
        Tags.empty(),
        "The most that all sessions may keep together",
        "bytes",
        budget,
        RetentionBudget::maxBytes);
  }

  private void sessions(SessionMetrics metrics, SessionRegistry sessions, int most) {
    metrics.states.forEach(
        (state, count) -> {
          if (state != SessionState.CLOSED) {
            gauge(
                "sessions",
                Tags.of("state", label(state)),
                "Sessions alive",
                null,
                count,
                Number::doubleValue);
          }
        });
    gauge("sessions.max", Tags.empty(), "The most there may be", null, sessions, s -> most);
    gauge(
        "draining",
        Tags.empty(),
        "1 while the bridge shuts down, else 0",
        null,
        sessions,
        s -> s.isDraining() ? 1 : 0);
    metrics.closed.forEach(
        (reason, count) ->
            counter("sessions.closed", Tags.of("reason", label(reason)), "Ended sessions", count));
    join("joined", "", metrics.joined);
    join("resumed", "", metrics.resumed);
    metrics.refused.forEach((reason, count) -> join("refused", label(reason), count));
    Census census = sessions.census();
    gauge(
        "zombies",
        Tags.of("kind", "session"),
        "What lives beyond its time; anything but 0 is a defect",
        null,
        census,
        c -> c.now().overdueSessions());
    gauge(
        "zombies",
        Tags.of("kind", "participant"),
        "What lives beyond its time; anything but 0 is a defect",
        null,
        census,
        c -> c.now().overdueParticipants());
  }

  private void streams(SessionMetrics metrics) {
    gauge("streams", Tags.empty(), "Streams attached", null, metrics, SessionMetrics::streams);
    metrics.attached.forEach(
        (what, count) ->
            counter("streams.attached", Tags.of("kind", label(what)), "Streams begun", count));
    metrics.broken.forEach(
        (reason, count) ->
            counter(
                "streams.broken",
                Tags.of("reason", label(reason)),
                "Streams that ended with an error",
                count));
  }

  private void rooms(SessionMetrics metrics, Census census) {
    gauge("rooms", Tags.empty(), "Rooms joined", null, census, c -> c.now().rooms());
    gauge(
        "rooms.away",
        Tags.empty(),
        "Sessions whose room is lost for now",
        null,
        metrics,
        SessionMetrics::roomsAway);
    gauge(
        "participants",
        Tags.of("who", "bridge"),
        "Participants in the rooms",
        null,
        census,
        c -> c.now().ours());
    gauge(
        "participants",
        Tags.of("who", "other"),
        "Participants in the rooms",
        null,
        census,
        c -> c.now().others());
    metrics.interrupted.forEach(
        (reason, count) ->
            counter("rooms.lost", Tags.of("reason", label(reason)), "Rooms lost for now", count));
    makeWay("rooms.unconfirmed", Tags.empty());
    FunctionCounter.builder(PREFIX + "rooms.unconfirmed", metrics.unconfirmed, ms -> ms.sum() / 1e3)
        .description("Sound that left for a room that was lost before it said that it had come")
        .baseUnit("seconds")
        .register(registry);
    counter(
        "leaves.failed",
        Tags.empty(),
        "Participants that may be left behind in a room",
        metrics.leftBehind);
  }

  private void playbacks(SessionMetrics metrics) {
    gauge(
        "playbacks.active",
        Tags.empty(),
        "Files that play or begin to",
        null,
        metrics,
        SessionMetrics::playbacks);
    metrics.played.forEach(
        (ending, count) ->
            counter(
                "playbacks",
                Tags.of("outcome", ending.outcome(), "reason", ending.reason()),
                "Files that were played",
                count));
  }

  private void join(String result, String reason, LongAdder count) {
    counter("joins", Tags.of("result", result, "reason", reason), "Joins answered", count);
  }

  private void frames(Direction direction, FrameTotals totals) {
    Tags tags = Tags.of("direction", label(direction));
    counter("frames.accepted", tags, "Frames taken in", totals.accepted);
    counter("frames.delivered", tags, "Frames handed on for good", totals.delivered);
    totals.dropped.forEach(
        (cause, count) ->
            counter("frames.dropped", tags.and("cause", label(cause)), "Frames given up", count));
    counter("frames.replayed", tags, "Frames sent again after a break", totals.replayed);
    counter("frames.duplicates", tags, "Frames that came again", totals.duplicates);
    counter("frames.missing", tags, "Frames the other side gave up", totals.missing);
    gauge("frames.buffered", tags, "Frames held", null, totals.buffered, LongAdder::sum);
    gauge(
        "frames.unaccounted",
        tags,
        "accepted - delivered - dropped - buffered; anything but 0 is a defect",
        null,
        totals.unaccounted,
        LongAdder::sum);
  }

  private void counter(String name, Tags tags, String description, LongAdder count) {
    makeWay(name, tags);
    FunctionCounter.builder(PREFIX + name, count, LongAdder::sum)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private <T> void gauge(
      String name,
      Tags tags,
      String description,
      @Nullable String unit,
      T of,
      ToDoubleFunction<T> value) {
    makeWay(name, tags);
    // Strongly: a registry alone keeps nothing alive.
    Gauge.builder(PREFIX + name, of, value)
        .description(description)
        .baseUnit(unit)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private void makeWay(String name, Tags tags) {
    for (Meter older : registry.find(PREFIX + name).tags(tags).meters()) {
      registry.remove(older);
    }
  }
}
