package dev.livekitbridge.client;

import dev.livekitbridge.core.testing.FakeClock;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.PlayAudioEvent.EventType;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.proto.StopAudioResponse;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a session of a {@link ModelBridge} plays. {@code http://host/1500} is 1.5 s of sound; a file
 * that is not a number fails.
 */
final class ModelPlayer {
  /** The client's side of a call. */
  interface Listener {
    void event(PlayAudioEvent event);

    void end();
  }

  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final FakeClock clock;
  private final boolean ours;
  final List<String> begun = new ArrayList<>();
  final Map<String, Sound> sounds = new LinkedHashMap<>();
  private final Map<String, PlayAudioEvent> past = new LinkedHashMap<>();

  ModelPlayer(FakeClock clock, boolean ours) {
    this.clock = clock;
    this.ours = ours;
  }

  static PlayAudioEvent noSession(PlayAudioRequest request) {
    return PlayAudioEvent.newBuilder()
        .setType(EventType.FAILED)
        .setRequestId(request.getRequestId())
        .setError("session not found")
        .putMetadata("reason", "NO_SESSION")
        .build();
  }

  /** What is heard now. */
  List<String> sounding() {
    return List.copyOf(sounds.keySet());
  }

  void play(PlayAudioRequest request, Listener listener) {
    String id = request.getRequestId();
    PlayAudioEvent ended = past.get(id);
    Sound living = sounds.get(id);
    if (ended != null && ours) {
      listener.event(ended);
      listener.end();
    } else if (living != null && ours) {
      living.listener = listener;
      living.tell(EventType.STARTED);
    } else {
      List<Sound> others = List.copyOf(sounds.values());
      for (Sound other : others) {
        if (request.getStopOther() || other.track == request.getTrackId()) {
          other.stop("replaced");
        }
      }
      new Sound(request, listener).start();
    }
  }

  StopAudioResponse stop(StopAudioRequest request) {
    String id = request.getRequestId();
    List<Sound> chosen =
        sounds.values().stream()
            .filter(
                s ->
                    id.isEmpty()
                        ? !request.getOnlyTrack() || s.track == request.getTrackId()
                        : s.id.equals(id))
            .toList();
    chosen.forEach(s -> s.stop(request.getReason()));
    return chosen.isEmpty()
        ? StopAudioResponse.newBuilder().setError("no such playback").build()
        : StopAudioResponse.newBuilder()
            .setSuccess(true)
            .setStoppedRequestId(chosen.get(0).id)
            .build();
  }

  /** The session is over. */
  void end() {
    List.copyOf(sounds.values()).forEach(s -> s.stop("the session ended"));
  }

  /** The process is gone. */
  void die() {
    sounds.values().forEach(s -> s.timer(null));
    sounds.clear();
  }

  final class Sound {
    final String id;
    final int track;
    private final String file;
    private @Nullable Listener listener;
    private @Nullable ScheduledFuture<?> timer;
    private long startNanos;
    private long millis;

    Sound(PlayAudioRequest request, Listener listener) {
      this.id = request.getRequestId();
      this.track = request.getTrackId();
      this.file = URI.create(request.getAudioUrl()).getPath().substring(1);
      this.listener = listener;
    }

    void start() {
      begun.add(id);
      sounds.put(id, this);
      if (!file.matches("[0-9]+")) {
        over(PlayAudioEvent.newBuilder().setType(EventType.FAILED).setError("no sound: " + file));
        return;
      }
      millis = Long.parseLong(file);
      startNanos = clock.nanoTime();
      tell(EventType.STARTED);
      step();
    }

    private void step() {
      long wait = startNanos + TimeUnit.MILLISECONDS.toNanos(millis) - clock.nanoTime();
      if (!ours) {
        wait = Math.min(wait, TimeUnit.MILLISECONDS.toNanos(100));
      }
      boolean last = wait <= STEP_NANOS;
      timer(
          clock
              .scheduler()
              .schedule(
                  () -> {
                    if (last) {
                      over(event(EventType.COMPLETED));
                    } else {
                      tell(EventType.PROGRESS);
                      step();
                    }
                  },
                  Math.min(wait, STEP_NANOS),
                  TimeUnit.NANOSECONDS));
    }

    void stop(String why) {
      over(
          event(EventType.FAILED)
              .setPositionMs(position())
              .setError("stopped: " + why)
              .putMetadata("stopped", "true"));
    }

    /** Its call broke. */
    void forget(Listener whose, boolean outlives) {
      if (listener == whose) {
        listener = null;
        if (!outlives) {
          stop("cancelled");
        }
      }
    }

    void tell(EventType type) {
      Listener to = listener;
      if (to != null) {
        to.event(event(type).build());
      }
    }

    private void over(PlayAudioEvent.Builder event) {
      timer(null);
      sounds.remove(id, this);
      PlayAudioEvent last = event.setRequestId(id).build();
      past.put(id, last);
      Listener to = listener;
      listener = null;
      if (to != null) {
        to.event(last);
        to.end();
      }
    }

    private PlayAudioEvent.Builder event(EventType type) {
      return PlayAudioEvent.newBuilder()
          .setType(type)
          .setRequestId(id)
          .setDurationMs(millis)
          .setPositionMs(type == EventType.COMPLETED ? millis : position());
    }

    private long position() {
      return ours ? TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - startNanos) : 0;
    }

    private void timer(@Nullable ScheduledFuture<?> next) {
      ScheduledFuture<?> old = timer;
      timer = next;
      if (old != null) {
        old.cancel(false);
      }
    }
  }
}
