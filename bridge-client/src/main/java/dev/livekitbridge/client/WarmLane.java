package dev.livekitbridge.client;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.link.ReceiveLink;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lane of a second place: says nothing, and keeps the room's last seconds unheard, until the
 * session goes on here. Confined to the session's executor.
 */
final class WarmLane implements Lane {
  /** Longer than a silent bridge takes to be noticed. */
  static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(3);

  static final int MAX_FRAMES = 600;

  private static final int SILENCE_BYTES = 640;

  /** A frame that waits to be needed, and how many the bridge gave up just before it. */
  record Kept(AudioFrame frame, Heard heard, long gap) {}

  private final TimeSource time;
  private final Runnable changed;
  private final Heartbeat heartbeat;
  private final Deque<Kept> kept = new ArrayDeque<>();
  private final Map<Integer, Long> numbered = new HashMap<>();
  private final Map<Integer, Long> acknowledged = new HashMap<>();
  // What the bridge gave up while the stream was away, and no frame has come behind it yet.
  private final Map<Integer, Long> givenUp = new HashMap<>();
  private ReceiveLink link = new ReceiveLink(FrameReceiver.ACK_FRAMES, FrameReceiver.ACK_NANOS);
  private boolean ours = true;
  private long sinceNanos;

  /** {@code changed} runs when the bridge acknowledged something. */
  WarmLane(TimeSource time, long heartbeatNanos, Runnable changed) {
    this.time = time;
    this.heartbeat = new Heartbeat(heartbeatNanos);
    this.changed = changed;
  }

  /** Whether the bridge numbers and acknowledges; another one cannot be a second place. */
  boolean ours() {
    return ours;
  }

  @Override
  public void joined(JoinRoomResponse response, boolean byOurs, long now) {
    ours = byOurs;
    sinceNanos = now;
    kept.clear();
    numbered.clear();
    acknowledged.clear();
    givenUp.clear();
    numbered.putAll(response.getLastReceivedMap());
    link = new ReceiveLink(FrameReceiver.ACK_FRAMES, FrameReceiver.ACK_NANOS);
    link.attachNew();
  }

  @Override
  public boolean mayTakeOver() {
    // What an earlier process left comes late and proves nothing about when it was said.
    return false;
  }

  @Override
  public Map<Integer, Long> acknowledgement(long now) {
    Map<Integer, Long> dealt = link.acknowledged();
    link.acknowledgementSent();
    return dealt;
  }

  @Override
  public Map<Integer, Long> oldestKept() {
    Map<Integer, Long> next = new HashMap<>();
    numbered.forEach((track, last) -> next.put(track, last + 1));
    return next;
  }

  @Override
  public void onOldestKept(Map<Integer, Long> oldestKept, long now) {
    link.onOldestKept(oldestKept)
        .forEach(
            (track, last) -> {
              sinceNanos = now;
              Long oldest = oldestKept.get(track);
              if (oldest != null) {
                givenUp.merge(track, oldest - 1 - last, Long::sum);
              }
            });
  }

  @Override
  public void up(StreamAttempt stream, Map<Integer, Long> already, long now) {
    acknowledged.putAll(already);
    heartbeat.start(now);
  }

  @Override
  public @Nullable String onChunk(StreamAttempt stream, AudioChunk chunk, long now) {
    boolean dealt = chunk.getAcknowledgedCount() > 0;
    if (dealt) {
      acknowledged.putAll(TrackSequences.map(chunk.getAcknowledgedList()));
    }
    String wrong = take(stream, chunk, now);
    if (dealt && wrong == null) {
      // Last: the session may move here now, with all that came.
      changed.run();
    }
    return wrong;
  }

  private @Nullable String take(StreamAttempt stream, AudioChunk chunk, long now) {
    if (chunk.getPcmData().isEmpty()) {
      if (chunk.getPong() != 0) {
        long unused = heartbeat.pong(chunk.getPong(), now);
      }
      if (chunk.getPing() != 0) {
        stream.sendPong(chunk.getPing());
      }
      return null;
    }
    if (chunk.getTrackId() < 0 || chunk.getSequence() <= 0) {
      return "the bridge sent audio without a track or a sequence";
    }
    if (link.onFrame(chunk.getTrackId(), chunk.getSequence()) == ReceiveLink.Verdict.PASS) {
      Long before = givenUp.remove(chunk.getTrackId());
      keep(chunk, link.gap() + (before == null ? 0 : before), now);
    }
    expire(now);
    if (link.ackDue(now)) {
      stream.sendAcknowledgement(acknowledgement(now));
    }
    return null;
  }

  @Override
  public void onReady() {
    // There is nothing to send.
  }

  @Override
  public void ping(StreamAttempt stream) {
    long now = time.nanoTime();
    stream.sendHeartbeat(heartbeat.ping(now), acknowledgement(now));
  }

  @Override
  public void down() {
    // What was kept stays: the stream may come back.
  }

  /** Sends a heartbeat if one is due. Returns false if they are not answered any more. */
  boolean beat(StreamAttempt stream, long now) {
    expire(now);
    if (heartbeat.timedOut(now)) {
      return false;
    }
    if (heartbeat.due(now)) {
      stream.sendHeartbeat(heartbeat.ping(now), acknowledgement(now));
    }
    return true;
  }

  long nanosToBeat(long now) {
    return heartbeat.nanosToNext(now);
  }

  /** Says 20 ms of silence on each of these tracks. */
  void prime(StreamAttempt stream, Collection<Integer> tracks, long epochMillis, long now) {
    ByteString silence = ByteString.copyFrom(new byte[SILENCE_BYTES]);
    for (int track : tracks) {
      AudioFrame frame =
          AudioFrame.received(silence, AudioFormat.VOICE, TrackId.of(track), epochMillis, 0, "");
      stream.sendAudio(frame, numbered.merge(track, 1L, Long::sum), Map.of(), now);
    }
  }

  /** Whether the room has heard all that was said here. */
  boolean heard() {
    return numbered.entrySet().stream()
        .allMatch(said -> acknowledged.getOrDefault(said.getKey(), 0L) >= said.getValue());
  }

  /** The highest numbers that were used here, by track: audio goes on after them. */
  Map<Integer, Long> numbered() {
    return Map.copyOf(numbered);
  }

  /** What is kept, oldest first. */
  Collection<Kept> kept(long now) {
    expire(now);
    return kept;
  }

  List<Heard> keptHeard(long now) {
    List<Heard> all = new ArrayList<>();
    kept(now).forEach(each -> all.add(each.heard()));
    return all;
  }

  /** From when on all that the room said is kept here. */
  long sinceNanos(long now) {
    expire(now);
    return sinceNanos;
  }

  /** The receiving half, for whoever goes on with it. */
  ReceiveLink link() {
    return link;
  }

  private void keep(AudioChunk chunk, long gap, long now) {
    int track = chunk.getTrackId();
    AudioFrame frame = FrameReceiver.frame(chunk);
    if (frame == null) {
      link.dropped(link.epoch(), track, chunk.getSequence(), DropCause.INVALID, now);
      return;
    }
    if (kept.size() == MAX_FRAMES) {
      forget(kept.removeFirst(), now);
    }
    kept.addLast(new Kept(frame, Heard.of(frame, now), gap));
  }

  private void expire(long now) {
    while (!kept.isEmpty() && now - kept.getFirst().heard().nanos() > KEEP_NANOS) {
      forget(kept.removeFirst(), now);
    }
  }

  /** It came by way of the first place. */
  private void forget(Kept old, long now) {
    sinceNanos = Math.max(sinceNanos, old.heard().nanos() + 1);
    link.duplicate(link.epoch(), old.frame().track().value(), old.frame().sequence(), now);
  }
}
