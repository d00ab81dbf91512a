package dev.livekitbridge.server.rpc;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.PlayAudioEvent.EventType;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.server.session.PlayTicket;
import dev.livekitbridge.server.session.PlaybackDesk;
import dev.livekitbridge.server.session.PlaybackStream;
import io.grpc.stub.ServerCallStreamObserver;

/** A PlayAudio call: events go out, a cancellation comes in. */
final class PlayCall implements PlaybackStream {
  private final ServerCallStreamObserver<PlayAudioEvent> call;
  private final long retryAfterMillis;
  private final Trace trace = CallTraces.current();
  // Set before a cancellation is told: gRPC tells one thing of a call at a time.
  private volatile PlayTicket ticket = PlayTicket.NONE;

  PlayCall(ServerCallStreamObserver<PlayAudioEvent> call, long retryAfterMillis) {
    this.call = call;
    this.retryAfterMillis = retryAfterMillis;
  }

  void begin(PlaybackDesk desk, PlayAudioRequest request) {
    call.setOnCancelHandler(
        () -> {
          trace.fail(Reasons.CANCELLED);
          ticket.cancel();
        });
    ticket = desk.play(request, this);
  }

  @Override
  public void send(PlayAudioEvent event) {
    note(event);
    // A caller who does not read may miss how far it is, not how it ends.
    if (event.getType() != EventType.PROGRESS || call.isReady()) {
      call.onNext(event);
    }
  }

  @Override
  public void end(CloseReason reason, String detail) {
    if (reason == CloseReason.LEFT) {
      trace.end();
      call.onCompleted();
    } else {
      trace.fail(reason.name());
      call.onError(Reasons.error(reason, detail, retryAfterMillis));
    }
  }

  private void note(PlayAudioEvent event) {
    switch (event.getType()) {
      case STARTED -> trace.event("started");
      case COMPLETED -> trace.set("bridge.played_ms", event.getPositionMs()).end();
      case FAILED -> {
        trace.set("bridge.played_ms", event.getPositionMs());
        String reason = event.getMetadataOrDefault("reason", Reasons.UNKNOWN);
        if (event.containsMetadata("stopped")) {
          trace.set("bridge.reason", reason).end();
        } else {
          trace.fail(reason);
        }
      }
      default -> {
        // How far it is, is no news.
      }
    }
  }
}
