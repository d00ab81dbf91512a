package dev.livekitbridge.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Where the audio of one bridge goes on in that of another, so that each frame of the room is
 * passed on once. Both hear each speaker's data packets in the same order; so from a frame that is
 * unmistakable on both sides (the latest such), those after it are counted off one by one, silence
 * among them too. Where no frame is unmistakable (silence, audio tracks, a sound that repeats) the
 * time of arrival decides; but of data packets, one that nobody brought before is new, however slow
 * the old bridge was.
 *
 * <p>Pure. Made once for a hand-over, then asked about each frame of the new bridge, in order.
 */
final class Seam {
  /** By how much the two bridges may differ in when they bring the same frame. */
  private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Who said nothing for so long, and is not heard by the new bridge, has stopped. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** A bridge that was moved to may itself be away, and bring what is due when it is back. */
  private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Map<String, Speaker> speakers = new HashMap<>();
  private final SessionEvent.Join kind;
  private final boolean torn;

  private Seam(SessionEvent.Join kind, boolean torn) {
    this.kind = kind;
    this.torn = torn;
  }

  /**
   * Finds it.
   *
   * @param delivered what was passed on of the old bridge, oldest first
   * @param kept what came of the new one, oldest first
   * @param packets whether all of it are data packets, whose bytes are the same at every bridge
   */
  static Seam find(Collection<Heard> delivered, Collection<Heard> kept, boolean packets, long now) {
    Map<String, List<Heard>> old = bySource(delivered);
    Map<String, List<Heard>> fresh = bySource(kept);
    Map<String, Speaker> found = new HashMap<>();
    SessionEvent.Join kind = SessionEvent.Join.SILENT;
    boolean torn = false;
    for (Map.Entry<String, List<Heard>> each : old.entrySet()) {
      List<Heard> brought = fresh.getOrDefault(each.getKey(), List.of());
      Speaker speaker = Speaker.of(each.getValue(), brought, packets);
      torn |= brought.stream().anyMatch(speaker::isUnheardOf);
      found.put(each.getKey(), speaker);
      if (!brought.isEmpty() || now - speaker.lastNanos <= PAUSE_NANOS) {
        boolean matched = speaker.matched && kind != SessionEvent.Join.BY_TIME;
        kind = matched ? SessionEvent.Join.MATCHED : SessionEvent.Join.BY_TIME;
      }
    }
    Seam seam = new Seam(kind, torn);
    seam.speakers.putAll(found);
    return seam;
  }

  SessionEvent.Join kind() {
    return kind;
  }

  /** Whether somebody's frames at the new bridge have nothing in common with those at the old. */
  boolean torn() {
    return torn;
  }

  /** Whether the next frame of the new bridge was not passed on by the old one. */
  boolean isNew(Heard frame) {
    Speaker speaker = speakers.get(frame.source());
    return speaker == null || speaker.isNew(frame);
  }

  /** Whether every further frame is new. */
  boolean settled(long now) {
    for (Speaker speaker : speakers.values()) {
      if (!speaker.settled(now)) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, List<Heard>> bySource(Collection<Heard> frames) {
    Map<String, List<Heard>> sources = new LinkedHashMap<>();
    for (Heard frame : frames) {
      sources.computeIfAbsent(frame.source(), s -> new ArrayList<>()).add(frame);
    }
    return sources;
  }

  /** One speaker's frames. */
  private static final class Speaker {
    // What the old bridge brought and the new one has still to bring; before a match, all of it.
    private final Deque<Heard> ahead = new ArrayDeque<>();
    private final long lastNanos;
    private final boolean packets;
    private int skip;
    private boolean matched;

    private Speaker(long lastNanos, boolean packets) {
      this.lastNanos = lastNanos;
      this.packets = packets;
    }

    static Speaker of(List<Heard> old, List<Heard> fresh, boolean packets) {
      Speaker speaker = new Speaker(old.get(old.size() - 1).nanos(), packets);
      Map<Long, Integer> oldAt = unmistakable(old);
      Map<Long, Integer> freshAt = unmistakable(fresh);
      int from = 0;
      for (int i = fresh.size() - 1; i >= 0 && !speaker.matched; i--) {
        long hash = fresh.get(i).hash();
        Integer at = oldAt.get(hash);
        if (at != null && freshAt.containsKey(hash)) {
          speaker.matched = true;
          speaker.skip = i + 1;
          from = at + 1;
        }
      }
      speaker.ahead.addAll(old.subList(from, old.size()));
      return speaker;
    }

    boolean isNew(Heard frame) {
      if (skip > 0) {
        skip--;
        return false;
      }
      if (ahead.isEmpty()) {
        return true;
      }
      if (matched) {
        return isBeyond(frame);
      }
      if (unmistakable(new ArrayList<>(ahead)).containsKey(frame.hash())) {
        matched = true;
        return isBeyond(frame);
      }
      // The old bridge's last frame is the only clock that both share.
      boolean later = frame.nanos() - lastNanos > SLACK_NANOS || isUnheardOf(frame);
      if (later) {
        ahead.clear();
      }
      return later;
    }

    /** Whether nothing matched, and this packet is none that the old bridge brought. */
    boolean isUnheardOf(Heard frame) {
      return packets && !matched && ahead.stream().noneMatch(old -> old.hash() == frame.hash());
    }

    /** Whether it is behind all that the old bridge brought; else those up to it are done. */
    private boolean isBeyond(Heard frame) {
      boolean known = ahead.stream().anyMatch(old -> old.hash() == frame.hash());
      if (!known) {
        ahead.clear();
        return true;
      }
      while (ahead.removeFirst().hash() != frame.hash()) {
        // The new bridge missed this one; the old one brought it.
      }
      return false;
    }

    boolean settled(long now) {
      return skip == 0 && (ahead.isEmpty() || now - lastNanos > FORGET_NANOS);
    }

    /** Hashes that occur once, and where. */
    private static Map<Long, Integer> unmistakable(List<Heard> frames) {
      Map<Long, Integer> at = new HashMap<>();
      for (int i = 0; i < frames.size(); i++) {
        at.merge(frames.get(i).hash(), i, (first, second) -> -1);
      }
      at.values().removeIf(index -> index < 0);
      return at;
    }
  }
}
