package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.server.playback.PlaybackFault;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts over all sessions of a bridge. Sessions report what changed about once a second and at
 * their end, so a frame costs nothing here. No label names a user. Thread-safe; {@link
 * SessionMeters} shows them.
 */
public final class SessionMetrics {
  /** Which way a frame goes. */
  public enum Direction {
    /** From the room. */
    TO_CLIENT,
    /** From the client. */
    TO_ROOM
  }

  /** What a stream found when it was attached. */
  enum Attach {
    /** A session that had none yet. */
    FIRST,
    /** A session whose stream had broken: it goes on. */
    RESUMED,
    /** A session whose stream it took the place of. */
    REPLACED
  }

  /** How a playback ended, and of those that failed, why. */
  record Ending(String outcome, String reason) {}

  final Map<SessionState, AtomicInteger> states = new EnumMap<>(SessionState.class);
  final AtomicInteger streams = new AtomicInteger();
  final AtomicInteger playbacks = new AtomicInteger();
  final AtomicInteger roomsAway = new AtomicInteger();
  final Map<Ending, LongAdder> played = new LinkedHashMap<>();
  final LongAdder joined = new LongAdder();
  final LongAdder resumed = new LongAdder();
  final LongAdder leftBehind = new LongAdder();
  // Milliseconds of sound.
  final LongAdder unconfirmed = new LongAdder();
  final Map<CloseReason, LongAdder> refused = adders(CloseReason.class);
  final Map<CloseReason, LongAdder> closed = adders(CloseReason.class);
  final Map<CloseReason, LongAdder> broken = adders(CloseReason.class);
  final Map<CloseReason, LongAdder> interrupted = adders(CloseReason.class);
  final Map<Attach, LongAdder> attached = adders(Attach.class);
  final Map<Direction, FrameTotals> frames = new EnumMap<>(Direction.class);
  final SessionTimers timers;
  final FaultLog faults = new FaultLog();

  /**
   * Counts of a bridge.
   *
   * @param registry where the times go; null for nowhere
   */
  public SessionMetrics(@Nullable MeterRegistry registry) {
    for (SessionState state : SessionState.values()) {
      states.put(state, new AtomicInteger());
    }
    for (Direction direction : Direction.values()) {
      frames.put(direction, new FrameTotals());
    }
    for (String outcome : new String[] {"completed", "stopped"}) {
      played.put(new Ending(outcome, ""), new LongAdder());
    }
    for (PlaybackFault.Kind kind : PlaybackFault.Kind.values()) {
      played.put(new Ending("failed", label(kind)), new LongAdder());
    }
    timers = new SessionTimers(registry == null ? new CompositeMeterRegistry() : registry);
  }

  /** Sessions alive. */
  public int sessions() {
    int sum = 0;
    for (AtomicInteger count : states.values()) {
      sum += count.get();
    }
    return sum;
  }

  /** Sessions alive in a state. */
  public int sessions(SessionState state) {
    return get(states, state).get();
  }

  /** Streams attached. */
  public int streams() {
    return streams.get();
  }

  /** Sessions whose room is lost for now. */
  public int roomsAway() {
    return roomsAway.get();
  }

  /** Playbacks that play or begin to. */
  public int playbacks() {
    return playbacks.get();
  }

  /** What became of the frames of all sessions that ever were, as far as they have told. */
  public FrameCounts frames(Direction direction) {
    return get(frames, direction).sum();
  }

  /** Sessions that went on after a break of their stream. */
  public long resumes() {
    return get(attached, Attach.RESUMED).sum();
  }

  /** The last faults. */
  public FaultLog faults() {
    return faults;
  }

  /** By how much the law of frames is broken, both directions of all sessions; 0 while it holds. */
  public long unaccounted() {
    return get(frames, Direction.TO_CLIENT).unaccounted.sum()
        + get(frames, Direction.TO_ROOM).unaccounted.sum();
  }

  void sessionOpened() {
    get(states, SessionState.JOINING).incrementAndGet();
  }

  /** A session went from a state to another one. */
  void moved(SessionState from, SessionState to) {
    get(states, from).decrementAndGet();
    if (to != SessionState.CLOSED) {
      get(states, to).incrementAndGet();
    }
  }

  void sessionClosed(CloseReason reason) {
    get(closed, reason).increment();
  }

  void streamAttached() {
    streams.incrementAndGet();
  }

  void attached(Attach what) {
    get(attached, what).increment();
  }

  void streamDetached() {
    streams.decrementAndGet();
  }

  void streamBroken(CloseReason reason) {
    get(broken, reason).increment();
  }

  void joined(boolean tookOver) {
    (tookOver ? resumed : joined).increment();
  }

  void joinRefused(CloseReason reason) {
    get(refused, reason).increment();
  }

  void roomInterrupted(CloseReason reason) {
    roomsAway.incrementAndGet();
    get(interrupted, reason).increment();
  }

  /** A lost room is there again, or is not waited for any more. */
  void roomSettled() {
    roomsAway.decrementAndGet();
  }

  /** A participant may be left in its room: leaving failed. */
  void leaveFailed() {
    leftBehind.increment();
  }

  void playbackBegan() {
    playbacks.incrementAndGet();
  }

  void playbackEnded(PlayAudioEvent last) {
    playbacks.decrementAndGet();
    boolean stopped = last.containsMetadata(PlaybackEvents.STOPPED);
    String outcome = stopped ? "stopped" : label(last.getType());
    String reason = last.getMetadataOrDefault(PlaybackEvents.REASON, "");
    String why = outcome.equals("failed") ? reason.toLowerCase(Locale.ROOT) : "";
    LongAdder count = played.get(new Ending(outcome, why));
    if (count != null) {
      count.increment();
    }
  }

  /** What happened since the last report. */
  void frames(Direction direction, FrameCounts before, FrameCounts now) {
    get(frames, direction).add(before, now);
  }

  static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static <K extends Enum<K>> Map<K, LongAdder> adders(Class<K> type) {
    Map<K, LongAdder> adders = new EnumMap<>(type);
    for (K key : type.getEnumConstants()) {
      adders.put(key, new LongAdder());
    }
    return adders;
  }

  static <K, V> V get(Map<K, V> map, K key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("no meter for " + key);
    }
    return value;
  }
}
