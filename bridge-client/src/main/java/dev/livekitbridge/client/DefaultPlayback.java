package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.StopAudioResponse;
import io.grpc.SynchronizationContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One playback: its face for callers, and what does the will of its {@link PlaybackMachine}. What
 * is not of {@link Playback} is confined to the session's executor.
 */
final class DefaultPlayback implements Playback {
  private static final Logger log = LoggerFactory.getLogger(Playback.class);

  /** What it needs of its session. */
  interface Owner {
    /** Begins a call at the bridge of now; null if there is none. */
    Transport.@Nullable Call call(
        DefaultPlayback playback, Transport.EventListener<PlayAudioEvent> listener);

    /** Asks the bridge of now to stop it. */
    void sendStop(DefaultPlayback playback, Transport.Reply<StopAudioResponse> reply);

    /** It is over. */
    void ended(DefaultPlayback playback, boolean mayStillSound);
  }

  final PlayRequest request;
  private final String requestId;
  private final String what;
  private final ClientShared shared;
  private final SynchronizationContext sync;
  private final Callbacks callbacks;
  private final Owner owner;
  private final PlaybackMachine machine;
  private final Trace trace;
  private final CompletableFuture<PlaybackResult> result = new CompletableFuture<>();
  private volatile Duration position = Duration.ZERO;
  private volatile Optional<Duration> duration = Optional.empty();
  private @Nullable Calling calling;
  private SynchronizationContext.@Nullable ScheduledHandle timer;
  private long beganNanos;

  DefaultPlayback(
      ClientShared shared,
      SynchronizationContext sync,
      PlayRequest request,
      String requestId,
      String what,
      Callbacks callbacks,
      Owner owner) {
    this.shared = shared;
    this.sync = sync;
    this.request = request;
    this.requestId = requestId;
    this.what = what;
    this.callbacks = callbacks;
    this.owner = owner;
    this.machine = new PlaybackMachine(request.startTimeout);
    this.trace = shared.traces.begin("bridge.playback");
  }

  @Override
  public String requestId() {
    return requestId;
  }

  @Override
  public Duration position() {
    return position;
  }

  @Override
  public Optional<Duration> duration() {
    return duration;
  }

  @Override
  public void stop() {
    sync.execute(() -> apply(machine.stop(now())));
  }

  @Override
  public CompletableFuture<PlaybackResult> completion() {
    // A copy: whoever completes it does so for himself.
    return result.copy();
  }

  @Override
  public String toString() {
    return "Playback[requestId=" + requestId + ", position=" + position + "]";
  }

  void begin(@Nullable PlaybackSite site) {
    beganNanos = now();
    log.debug("{} playback={} asked for: {}", what, requestId, request);
    apply(machine.begin(site, beganNanos));
  }

  void onSite(@Nullable PlaybackSite site) {
    apply(machine.onSite(site, now()));
  }

  void onSessionEnd(CloseReason reason) {
    apply(machine.onSessionEnd(reason));
  }

  private void apply(List<PlaybackAction> actions) {
    sync.throwIfNotInThisSynchronizationContext();
    for (PlaybackAction action : actions) {
      if (action instanceof PlaybackAction.Call) {
        call();
      } else if (action instanceof PlaybackAction.Abandon) {
        abandon();
      } else if (action instanceof PlaybackAction.SendStop) {
        owner.sendStop(this, new Stopping());
      } else if (action instanceof PlaybackAction.Started started) {
        started(started.duration());
      } else if (action instanceof PlaybackAction.Progress progress) {
        position = progress.position();
        duration = progress.duration();
        tell(new PlaybackEvent.Progress(progress.position(), progress.duration()));
      } else if (action instanceof PlaybackAction.Finished finished) {
        finished(finished);
      }
    }
    rearm();
  }

  private void call() {
    Calling made = new Calling(trace.call("bridge.play"));
    calling = made;
    made.trace.run(() -> made.call = owner.call(this, made));
  }

  private void abandon() {
    Calling was = calling;
    calling = null;
    if (was != null) {
      was.trace.end();
      if (was.call != null) {
        was.call.cancel();
      }
    }
  }

  private void started(Optional<Duration> whole) {
    duration = whole;
    long took = now() - beganNanos;
    shared.metrics.playbackStarted(took);
    log.info(
        "{} playback={} started after {} ms: {}",
        what,
        requestId,
        TimeUnit.NANOSECONDS.toMillis(took),
        request);
    trace.event("started");
    tell(new PlaybackEvent.Started(whole));
  }

  private void finished(PlaybackAction.Finished finished) {
    PlaybackResult how = finished.result();
    position = how.played();
    log.info(
        "{} playback={} reason={} over after {} ms of sound: {}",
        what,
        requestId,
        how.outcome(),
        how.played().toMillis(),
        how.detail());
    shared.metrics.played(how.outcome());
    trace
        .set("bridge.outcome", how.outcome().name())
        .set("bridge.played_ms", how.played().toMillis());
    if (how.outcome() == PlaybackResult.Outcome.FAILED) {
      trace.fail(how.outcome().name());
    } else {
      trace.end();
    }
    tell(new PlaybackEvent.Ended(how));
    callbacks.run(() -> result.complete(how), () -> result.complete(how));
    owner.ended(this, finished.mayStillSound());
  }

  private void tell(PlaybackEvent event) {
    callbacks.tell(request.onEvent, event);
  }

  private void rearm() {
    SynchronizationContext.ScheduledHandle old = timer;
    timer = null;
    if (old != null) {
      old.cancel();
    }
    long wait = machine.nanosToWake(now());
    if (wait >= 0) {
      timer =
          sync.schedule(
              () -> apply(machine.onWake(now())), wait, TimeUnit.NANOSECONDS, shared.scheduler);
    }
  }

  private long now() {
    return shared.time.nanoTime();
  }

  /** A call of PlayAudio, heard until it is given up. */
  private final class Calling implements Transport.EventListener<PlayAudioEvent> {
    final Trace trace;
    Transport.@Nullable Call call;

    Calling(Trace trace) {
      this.trace = trace;
    }

    @Override
    public void onEvent(PlayAudioEvent event) {
      sync.execute(
          () -> {
            boolean mine = event.getRequestId().isEmpty() || event.getRequestId().equals(requestId);
            if (calling == this && mine) {
              apply(machine.onEvent(event, now()));
            }
          });
    }

    @Override
    public void onEnd(Failure failure) {
      sync.execute(
          () -> {
            if (calling == this) {
              calling = null;
              if (failure.clean()) {
                trace.end();
              } else {
                trace.fail(failure.fault().word());
              }
              apply(machine.onCallEnd(failure, now()));
            }
          });
    }
  }

  private final class Stopping implements Transport.Reply<StopAudioResponse> {
    @Override
    public void onAnswer(StopAudioResponse answer) {
      sync.execute(() -> apply(machine.onStopAnswer(answer.getSuccess())));
    }

    @Override
    public void onFailure(Failure failure) {
      // It is asked again, until the patience is over.
    }
  }
}
