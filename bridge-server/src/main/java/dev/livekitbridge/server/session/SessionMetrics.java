package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.proto.PlayAudioEvent;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts over all sessions of a bridge. Sessions report what changed about once a second and at
 * their end, so a frame costs nothing here. No label names a user. Thread-safe.
 */
public final class SessionMetrics {
  /** Which way a frame goes. */
  enum Direction {
    TO_CLIENT,
    TO_ROOM
  }

  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicInteger playbacks = new AtomicInteger();
  private final Map<String, LongAdder> played =
      Map.of("completed", new LongAdder(), "failed", new LongAdder(), "stopped", new LongAdder());
  private final LongAdder joined = new LongAdder();
  private final LongAdder resumed = new LongAdder();
  private final Map<CloseReason, LongAdder> refused = adders(CloseReason.class);
  private final Map<CloseReason, LongAdder> closed = adders(CloseReason.class);
  private final Map<Direction, LongAdder> accepted = adders(Direction.class);
  private final Map<Direction, LongAdder> delivered = adders(Direction.class);
  private final Map<Direction, LongAdder> unaccounted = adders(Direction.class);
  private final Map<Direction, Map<DropCause, LongAdder>> dropped = new EnumMap<>(Direction.class);

  /**
   * Counts, shown in a registry if there is one.
   *
   * @param registry the caller's, or null
   */
  public SessionMetrics(@Nullable MeterRegistry registry) {
    for (Direction direction : Direction.values()) {
      dropped.put(direction, adders(DropCause.class));
    }
    if (registry != null) {
      register(registry);
    }
  }

  /** Sessions alive. */
  public int sessions() {
    return sessions.get();
  }

  /** Streams attached. */
  public int streams() {
    return streams.get();
  }

  /** By how much the law of frames is broken, both directions of all sessions; 0 while it holds. */
  public long unaccounted() {
    return get(unaccounted, Direction.TO_CLIENT).sum() + get(unaccounted, Direction.TO_ROOM).sum();
  }

  void sessionOpened() {
    sessions.incrementAndGet();
  }

  void sessionClosed(CloseReason reason) {
    sessions.decrementAndGet();
    get(closed, reason).increment();
  }

  void streamAttached() {
    streams.incrementAndGet();
  }

  void streamDetached() {
    streams.decrementAndGet();
  }

  void joined(boolean tookOver) {
    (tookOver ? resumed : joined).increment();
  }

  void joinRefused(CloseReason reason) {
    get(refused, reason).increment();
  }

  void playbackBegan() {
    playbacks.incrementAndGet();
  }

  void playbackEnded(PlayAudioEvent last) {
    playbacks.decrementAndGet();
    boolean stopped = last.containsMetadata(PlaybackEvents.STOPPED);
    LongAdder count = played.get(stopped ? "stopped" : label(last.getType()));
    if (count != null) {
      count.increment();
    }
  }

  /** What happened since the last report. */
  void frames(Direction direction, FrameCounts before, FrameCounts now) {
    get(accepted, direction).add(now.accepted() - before.accepted());
    get(delivered, direction).add(now.delivered() - before.delivered());
    get(unaccounted, direction).add(now.unaccounted() - before.unaccounted());
    Map<DropCause, LongAdder> causes = get(dropped, direction);
    now.dropped()
        .forEach(
            (cause, count) ->
                get(causes, cause).add(count - before.dropped().getOrDefault(cause, 0L)));
  }

  private void register(MeterRegistry registry) {
    Gauge.builder("livekit.bridge.sessions", sessions, AtomicInteger::get)
        .description("Sessions alive")
        .register(registry);
    Gauge.builder("livekit.bridge.streams", streams, AtomicInteger::get)
        .description("Streams attached to a session")
        .register(registry);
    Gauge.builder("livekit.bridge.playbacks.active", playbacks, AtomicInteger::get)
        .description("Files that play or begin to")
        .register(registry);
    played.forEach(
        (outcome, count) ->
            FunctionCounter.builder("livekit.bridge.playbacks", count, LongAdder::sum)
                .description("Files that were played, and how they ended")
                .tag("outcome", outcome)
                .register(registry));
    join(registry, "joined", "", joined);
    join(registry, "resumed", "", resumed);
    refused.forEach((reason, count) -> join(registry, "refused", label(reason), count));
    closed.forEach(
        (reason, count) ->
            FunctionCounter.builder("livekit.bridge.sessions.closed", count, LongAdder::sum)
                .description("Sessions that ended")
                .tag("reason", label(reason))
                .register(registry));
    for (Direction direction : Direction.values()) {
      frames(registry, direction, "accepted", "", get(accepted, direction));
      frames(registry, direction, "delivered", "", get(delivered, direction));
      get(dropped, direction)
          .forEach((cause, count) -> frames(registry, direction, "dropped", label(cause), count));
      Gauge.builder(
              "livekit.bridge.frames.unaccounted", get(unaccounted, direction), LongAdder::sum)
          .description("accepted - delivered - dropped - buffered; anything but 0 is a defect")
          .baseUnit("frames")
          .tag("direction", label(direction))
          .register(registry);
    }
  }

  private static void join(MeterRegistry registry, String result, String reason, LongAdder count) {
    FunctionCounter.builder("livekit.bridge.joins", count, LongAdder::sum)
        .description("Joins answered")
        .tag("result", result)
        .tag("reason", reason)
        .register(registry);
  }

  private static void frames(
      MeterRegistry registry, Direction direction, String outcome, String cause, LongAdder count) {
    FunctionCounter.builder("livekit.bridge.frames", count, LongAdder::sum)
        .description("Frames of audio and what became of them")
        .baseUnit("frames")
        .tag("direction", label(direction))
        .tag("outcome", outcome)
        .tag("cause", cause)
        .register(registry);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static <K extends Enum<K>> Map<K, LongAdder> adders(Class<K> type) {
    Map<K, LongAdder> adders = new EnumMap<>(type);
    for (K key : type.getEnumConstants()) {
      adders.put(key, new LongAdder());
    }
    return adders;
  }

  private static <K, V> V get(Map<K, V> map, K key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("no meter for " + key);
    }
    return value;
  }
}
