package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.StopAudioResponse;
import io.grpc.SynchronizationContext;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The playbacks of a session, and where it is for them. Confined to the session's executor, but for
 * what says otherwise.
 */
final class Playbacks implements DefaultPlayback.Owner {
  private static final long STOP_DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * What is to be silent: a playback, or where the id is empty a track, or every track.
   *
   * @param onlyTrack whether the track counts
   */
  private record Stop(String requestId, int track, boolean onlyTrack) {}

  private final ClientShared shared;
  private final SynchronizationContext sync;
  private final String userId;
  private final String what;
  private final Executor executor;
  private final Set<String> names = ConcurrentHashMap.newKeySet();
  private final Map<String, DefaultPlayback> running = new LinkedHashMap<>();
  // What the bridge has not heard yet.
  private final Set<Stop> owed = new LinkedHashSet<>();

  private @Nullable Bridge bridge;
  private String sessionId = "";
  private @Nullable PlaybackSite site;
  private long generation;
  private @Nullable CloseReason ended;

  Playbacks(
      ClientShared shared,
      SynchronizationContext sync,
      String userId,
      String what,
      Executor executor) {
    this.shared = shared;
    this.sync = sync;
    this.userId = userId;
    this.what = what;
    this.executor = executor;
  }

  /** Any thread. */
  Playback play(PlayRequest request) {
    String requestId =
        request.requestId.isEmpty()
            ? "p" + Long.toHexString(shared.random.nextLong())
            : request.requestId;
    if (!names.add(requestId)) {
      throw new IllegalArgumentException(
          "requestId: " + requestId + " (expected: none that plays in this session already)");
    }
    DefaultPlayback playback =
        new DefaultPlayback(
            shared,
            sync,
            request,
            requestId,
            what,
            new Callbacks(what + " playback=" + requestId, executor),
            this);
    sync.execute(() -> begin(playback));
    return playback;
  }

  /** Any thread. */
  void stopAll() {
    sync.execute(
        () -> {
          List.copyOf(running.values()).forEach(DefaultPlayback::stop);
          owe(new Stop("", 0, false));
        });
  }

  /** Any thread. */
  void stopAll(TrackId track) {
    sync.execute(
        () -> {
          for (DefaultPlayback playback : List.copyOf(running.values())) {
            if (playback.request.track.equals(track)) {
              playback.stop();
            }
          }
          owe(new Stop("", track.value(), true));
        });
  }

  /**
   * The session is live.
   *
   * @param at the bridge
   * @param id its session id; empty at a bridge of the first table
   * @param kept whether it is the session of before
   * @param windowMillis how long the bridge keeps it without a stream
   */
  void onLive(Bridge at, String id, boolean kept, int windowMillis) {
    sync.throwIfNotInThisSynchronizationContext();
    if (at != bridge || !kept) {
      generation++;
      owed.clear();
    }
    bridge = at;
    sessionId = id;
    long windowNanos = TimeUnit.MILLISECONDS.toNanos(windowMillis);
    site = new PlaybackSite(generation, !id.isEmpty(), windowNanos);
    tellSite();
    sendOwed();
  }

  /** The session has no stream. */
  void onDown() {
    sync.throwIfNotInThisSynchronizationContext();
    if (site != null) {
      site = null;
      tellSite();
    }
  }

  /** The session is over. */
  void end(CloseReason reason) {
    sync.throwIfNotInThisSynchronizationContext();
    ended = reason;
    site = null;
    owed.clear();
    List.copyOf(running.values()).forEach(playback -> playback.onSessionEnd(reason));
  }

  /** Every second: what the bridge did not answer is asked again. */
  void sweep() {
    sendOwed();
  }

  @Override
  public Transport.@Nullable Call call(
      DefaultPlayback playback, Transport.EventListener<PlayAudioEvent> listener) {
    Bridge at = bridge;
    return at == null
        ? null
        : at.connection()
            .transport()
            .play(
                Requests.play(playback.request, userId, playback.requestId(), sessionId), listener);
  }

  @Override
  public void sendStop(DefaultPlayback playback, Transport.Reply<StopAudioResponse> reply) {
    sendStop(stopOf(playback), reply);
  }

  @Override
  public void ended(DefaultPlayback playback, boolean mayStillSound) {
    running.remove(playback.requestId());
    names.remove(playback.requestId());
    if (mayStillSound && ended == null) {
      owe(stopOf(playback));
    }
  }

  private void begin(DefaultPlayback playback) {
    running.put(playback.requestId(), playback);
    owed.remove(stopOf(playback));
    playback.begin(site);
    CloseReason over = ended;
    if (over != null) {
      playback.onSessionEnd(over);
    }
  }

  private void tellSite() {
    PlaybackSite now = site;
    List.copyOf(running.values()).forEach(playback -> playback.onSite(now));
  }

  private static Stop stopOf(DefaultPlayback playback) {
    return new Stop(playback.requestId(), playback.request.track.value(), false);
  }

  private void owe(Stop stop) {
    owed.add(stop);
    sendOwed();
  }

  private void sendOwed() {
    if (site == null) {
      return;
    }
    for (Stop stop : List.copyOf(owed)) {
      sendStop(
          stop,
          new Transport.Reply<>() {
            @Override
            public void onAnswer(StopAudioResponse answer) {
              sync.execute(() -> owed.remove(stop));
            }

            @Override
            public void onFailure(Failure failure) {
              // It stays owed, and is sent again.
            }
          });
    }
  }

  private void sendStop(Stop stop, Transport.Reply<StopAudioResponse> reply) {
    Bridge at = bridge;
    if (at != null) {
      Transport.Call unused =
          at.connection()
              .transport()
              .stop(
                  Requests.stop(
                      userId, stop.requestId(), stop.track(), stop.onlyTrack(), sessionId),
                  STOP_DEADLINE_NANOS,
                  reply);
    }
  }
}
