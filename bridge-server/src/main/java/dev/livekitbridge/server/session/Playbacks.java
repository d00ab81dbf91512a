package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.proto.StopAudioResponse;
import dev.livekitbridge.server.playback.MediaUrl;
import dev.livekitbridge.server.playback.PlaybackFault;
import dev.livekitbridge.server.room.Room;
import io.grpc.SynchronizationContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What plays in a session: at most one file on each track. Confined to the session's context. */
final class Playbacks implements Playback.Owner {
  /** Ended ones whose caller may come back to hear how. */
  private static final int MOST_REMEMBERED = 64;

  private final SynchronizationContext context;
  private final SessionEnvironment environment;
  private final String name;
  private final Inbound tracks;
  private final Map<String, Playback> playing = new LinkedHashMap<>();
  private final Map<String, PlayAudioEvent> ended =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PlayAudioEvent> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };
  // Over, but still in the network: so many replaced ones would take the threads of all sessions.
  private final List<Playback> lingering = new ArrayList<>();
  private long numbered;
  private long lastHeardNanos;
  private boolean closed;
  private boolean held;

  Playbacks(
      SynchronizationContext context, SessionEnvironment environment, String name, Inbound tracks) {
    this.context = context;
    this.environment = environment;
    this.name = name;
    this.tracks = tracks;
    this.lastHeardNanos = environment.time().nanoTime();
  }

  /**
   * Begins a playback, or lets a call hear one that is there.
   *
   * @param room null while there is none
   */
  void play(PlayAudioRequest request, @Nullable Room room, PlaybackStream stream) {
    boolean kept = !request.getSessionId().isEmpty();
    String given = request.getRequestId();
    String requestId = given.isEmpty() ? "playback-" + ++numbered : given;
    if (closed || room == null) {
      refuse(
          stream,
          requestId,
          CloseReason.NO_SESSION.name(),
          "no room: the session is being joined or has ended");
      return;
    }
    Playback same = playing.get(requestId);
    PlayAudioEvent last = ended.get(requestId);
    if (kept && same != null && same.kept()) {
      same.attach(stream);
      return;
    }
    if (kept && last != null) {
      stream.send(last);
      stream.end(CloseReason.LEFT, "");
      return;
    }
    int most = environment.settings().playback().maxPerSession();
    lingering.removeIf(Playback::released);
    if (lingering.size() >= most) {
      refuse(
          stream,
          requestId,
          PlaybackFault.Kind.OVERLOADED.name(),
          lingering.size() + " stopped playbacks of this session hang in the network: try later");
      return;
    }
    stop(
        each ->
            request.getStopOther()
                || each.trackId() == request.getTrackId()
                || each.requestId().equals(requestId),
        "REPLACED",
        "replaced by " + requestId);
    if (playing.size() >= most) {
      refuse(
          stream,
          requestId,
          PlaybackFault.Kind.OVERLOADED.name(),
          "this session plays " + most + " files, its most: stop one first");
      return;
    }
    begin(request, requestId, kept, room, stream);
  }

  StopAudioResponse stop(StopAudioRequest request) {
    String requestId = request.getRequestId();
    String detail = Checks.printable("StopAudio", request.getReason());
    if (!requestId.isEmpty() && !playing.containsKey(requestId)) {
      return StopAudioResponse.newBuilder().setError("no such playback: " + requestId).build();
    }
    int track = request.getTrackId();
    boolean oneTrack = track != 0 || request.getOnlyTrack();
    List<String> stopped =
        stop(
            each ->
                requestId.isEmpty()
                    ? !oneTrack || each.trackId() == track
                    : each.requestId().equals(requestId),
            "STOPPED",
            detail);
    return StopAudioResponse.newBuilder()
        .setSuccess(true)
        .setStoppedRequestId(String.join(",", stopped))
        .build();
  }

  /** A call is gone. */
  void left(PlaybackStream gone) {
    if (heard()) {
      lastHeardNanos = environment.time().nanoTime();
    }
    for (Playback each : List.copyOf(playing.values())) {
      each.left(gone);
    }
  }

  /** Whether a call is told of anything that plays, or is to. */
  boolean heard() {
    return playing.values().stream().anyMatch(Playback::heard);
  }

  /** When the last call that was told ended, or the session began. */
  long lastHeardNanos() {
    return lastHeardNanos;
  }

  /** Whether anything sounds, or pauses while a call is told of it. */
  boolean active() {
    return playing.values().stream().anyMatch(each -> each.playing() || each.heard());
  }

  /** The room is away, or back: meanwhile nothing plays, so that nothing is lost. */
  void hold(boolean hold) {
    held = hold;
    for (Playback each : List.copyOf(playing.values())) {
      each.hold(hold);
    }
  }

  /** The session ends, and all that plays with it. */
  void close(CloseReason reason) {
    closed = true;
    stop(each -> true, reason.name(), "its session ended (" + reason + ")");
  }

  @Override
  public @Nullable TrackPlayer track(int track) {
    return tracks.track(track);
  }

  @Override
  public void ended(Playback playback, PlayAudioEvent last) {
    playing.remove(playback.requestId(), playback);
    if (playback.heard()) {
      lastHeardNanos = environment.time().nanoTime();
    }
    if (!playback.released()) {
      lingering.add(playback);
    }
    if (playback.kept()) {
      ended.put(playback.requestId(), last);
    }
    environment.metrics().playbackEnded(last);
    environment
        .log()
        .info(
            "playback {}: {} request={} track={} position={}ms reason={} detail={}",
            last.getType(),
            name,
            playback.requestId(),
            playback.trackId(),
            last.getPositionMs(),
            last.getMetadataOrDefault(PlaybackEvents.REASON, "-"),
            last.getError());
  }

  private void begin(
      PlayAudioRequest request, String requestId, boolean kept, Room room, PlaybackStream stream) {
    environment
        .log()
        .info(
            "playback begins: {} request={} track={} url={}",
            name,
            requestId,
            request.getTrackId(),
            MediaUrl.printable(request.getAudioUrl()));
    environment.metrics().playbackBegan();
    Playback playback =
        new Playback(
            request,
            requestId,
            kept,
            room.trackFormat().sampleRate(),
            stream,
            context,
            environment,
            this);
    playing.put(requestId, playback);
    playback.hold(held);
  }

  private List<String> stop(Predicate<Playback> which, String reason, String detail) {
    List<Playback> each = playing.values().stream().filter(which).toList();
    each.forEach(playback -> playback.stop(reason, detail));
    return each.stream().map(Playback::requestId).collect(Collectors.toList());
  }

  private static void refuse(PlaybackStream stream, String requestId, String reason, String error) {
    stream.send(PlaybackEvents.refused(requestId, reason, error));
    stream.end(CloseReason.LEFT, "");
  }
}
