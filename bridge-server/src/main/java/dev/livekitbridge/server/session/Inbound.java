package dev.livekitbridge.server.session;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.link.ReceiveLink;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.server.room.Room;
import io.grpc.Context;
import io.grpc.SynchronizationContext;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything that comes from the client for the room. Confined to the session's context. */
final class Inbound implements TrackPlayer.Owner {
  private final SynchronizationContext context;
  private final SessionEnvironment environment;
  private final Checks checks;
  private final String name;
  private final ReceiveLink link;
  private final Runnable onProgress;
  // A session has a handful of tracks: a scan beats a map.
  private TrackPlayer[] players = new TrackPlayer[0];
  private final Set<Integer> badTracks = new HashSet<>();
  private @Nullable Room room;
  private AudioFormat lastFormat = AudioFormat.VOICE;
  private long liveMaxDelayNanos;
  private long bytes;
  private boolean plain;
  private boolean roomAway;
  private boolean roomFailureTold;

  /**
   * For a session that has no room yet.
   *
   * @param name of the session in the log
   * @param onProgress frames were dealt with
   */
  Inbound(
      SynchronizationContext context,
      SessionEnvironment environment,
      String name,
      Runnable onProgress) {
    this.context = context;
    this.environment = environment;
    this.checks = new Checks(environment.settings().limits(), environment.connectors());
    this.name = name;
    this.onProgress = onProgress;
    SessionSettings.Flow flow = environment.settings().flow();
    this.link = new ReceiveLink(flow.ackFrames(), flow.ackNanos());
    link.attachNew();
  }

  ReceiveLink link() {
    return link;
  }

  void joined(Room joined) {
    room = joined;
  }

  /** While we are not in the room, what falls due is lost to it, and counted. */
  void roomAway(boolean away) {
    roomAway = away;
    for (TrackPlayer player : players) {
      player.roomAway(away);
    }
  }

  void liveMaxDelay(long nanos) {
    liveMaxDelayNanos = nanos;
    for (TrackPlayer player : players) {
      player.liveMaxDelay(nanos);
    }
  }

  void attachPlain() {
    plain = true;
    link.attachPlain();
  }

  /** Returns whether numbers begin at 1 again, since the last stream had none. */
  boolean attachReliable() {
    boolean fresh = plain;
    if (plain) {
      plain = false;
      link.attachNew();
    }
    return fresh;
  }

  /** What lies before these sequences and did not come is gone. */
  void skipTo(Map<Integer, Long> oldestKept) {
    Map<Integer, Long> gone = link.onOldestKept(oldestKept);
    if (!gone.isEmpty()) {
      environment
          .log()
          .info("client gave up frames before this stream: {} tracks={}", name, gone.keySet());
    }
  }

  /**
   * Takes a chunk with audio.
   *
   * @return what ends the stream, or null
   */
  @Nullable String onAudio(AudioChunk chunk, boolean reliable, long nowNanos) {
    long sequence = chunk.getSequence();
    if (reliable && sequence <= 0) {
      return "sequence: "
          + Long.toUnsignedString(sequence)
          + " (expected: 1 or more for audio on a stream with a session_id)";
    }
    int track = chunk.getTrackId();
    TrackPlayer player = find(track);
    String fault = checks.audio(chunk);
    int maxTracks = environment.settings().limits().maxTracks();
    if (fault == null && player == null && players.length >= maxTracks) {
      fault = "track_id: " + track + " (expected: at most " + maxTracks + " tracks in a session)";
    }
    if (fault != null) {
      return reliable ? dropInvalid(track, sequence, player, fault, nowNanos) : fault;
    }
    if (link.onFrame(track, sequence) == ReceiveLink.Verdict.DUPLICATE) {
      return null;
    }
    bytes += chunk.getPcmData().size();
    if (player == null) {
      player = publish(track, chunk.getChannels());
    }
    AudioFrame frame =
        AudioFrame.received(
            chunk.getPcmData(),
            format(chunk),
            TrackId.of(track),
            chunk.getTimestampMs(),
            reliable ? sequence : 0,
            "");
    if (player == null) {
      dropped(track, link.epoch(), sequence, DropCause.ROOM_LOST, nowNanos);
    } else {
      player.offer(frame, link.epoch(), nowNanos);
    }
    return null;
  }

  /** A peer that numbers its frames loses a bad one, not its stream: no replay brings it back. */
  @Nullable String dropInvalid(AudioChunk chunk, String fault, long nowNanos) {
    int track = chunk.getTrackId();
    return dropInvalid(track, chunk.getSequence(), find(track), fault, nowNanos);
  }

  /** The player of a track, published if need be; null if there can be none. */
  @Nullable TrackPlayer track(int track) {
    TrackPlayer player = find(track);
    boolean full = players.length >= environment.settings().limits().maxTracks();
    return player != null || full ? player : publish(track, 1);
  }

  /** Whether a track holds so much that the sender is to wait. */
  boolean full() {
    for (TrackPlayer player : players) {
      if (player.full()) {
        return true;
      }
    }
    return false;
  }

  /** Whether all that was accepted has been handed to the room. */
  boolean idle() {
    for (TrackPlayer player : players) {
      if (!player.idle()) {
        return false;
      }
    }
    return true;
  }

  void close() {
    for (TrackPlayer player : players) {
      player.close();
    }
  }

  /** Audio that was taken in. */
  long bytes() {
    return bytes;
  }

  FrameCounts counts() {
    return link.counts();
  }

  @Override
  public void delivered(int track, int epoch, long sequence, long nowNanos) {
    link.delivered(epoch, track, sequence, nowNanos);
    onProgress.run();
  }

  @Override
  public void dropped(int track, int epoch, long sequence, DropCause cause, long nowNanos) {
    link.dropped(epoch, track, sequence, cause, nowNanos);
    onProgress.run();
  }

  @Override
  public void roomFailed(int track, RuntimeException error) {
    if (!roomFailureTold) {
      roomFailureTold = true;
      environment.log().warn("room takes no audio: {} track={}", name, track, error);
    }
  }

  private @Nullable String dropInvalid(
      int track, long sequence, @Nullable TrackPlayer player, String fault, long nowNanos) {
    if (player == null && badTracks.add(track) && badTracks.size() > Checks.MAX_MAP_ENTRIES) {
      return fault;
    }
    environment.log().debug("bad chunk dropped: {} {}", name, fault);
    if (link.onFrame(track, sequence) == ReceiveLink.Verdict.PASS) {
      dropped(track, link.epoch(), sequence, DropCause.INVALID, nowNanos);
    }
    return null;
  }

  private AudioFormat format(AudioChunk chunk) {
    if (lastFormat.sampleRate() != chunk.getSampleRate()
        || lastFormat.channels() != chunk.getChannels()) {
      lastFormat = AudioFormat.of(chunk.getSampleRate(), chunk.getChannels());
    }
    return lastFormat;
  }

  private @Nullable TrackPlayer find(int track) {
    for (TrackPlayer player : players) {
      if (player.track() == track) {
        return player;
      }
    }
    return null;
  }

  private @Nullable TrackPlayer publish(int track, int channels) {
    if (room == null) {
      return null;
    }
    // As in RoomSeat: the track outlives the call.
    Context call = Context.ROOT.attach();
    try {
      TrackPlayer player =
          new TrackPlayer(
              track, room.publish(TrackId.of(track), channels), context, environment, this);
      player.liveMaxDelay(liveMaxDelayNanos);
      player.roomAway(roomAway);
      players = Arrays.copyOf(players, players.length + 1);
      players[players.length - 1] = player;
      return player;
    } catch (RuntimeException e) {
      roomFailed(track, e);
      return null;
    } finally {
      Context.ROOT.detach(call);
    }
  }
}
