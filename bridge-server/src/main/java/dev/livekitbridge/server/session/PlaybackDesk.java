package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.proto.StopAudioResponse;
import java.util.function.Consumer;

/** Takes requests for playbacks to the sessions they are for. Safe for use by many threads. */
public final class PlaybackDesk {
  private final SessionRegistry registry;
  private final Checks checks;

  PlaybackDesk(SessionRegistry registry, Checks checks) {
    this.registry = registry;
    this.checks = checks;
  }

  /**
   * Plays a file.
   *
   * @param stream hears all of it, which may be at once
   * @return for a caller that goes away
   */
  public PlayTicket play(PlayAudioRequest request, PlaybackStream stream) {
    String fault = checks.play(request);
    if (fault != null) {
      stream.end(CloseReason.BAD_REQUEST, fault);
      return PlayTicket.NONE;
    }
    String userId = request.getUserId();
    CloseReason refusal =
        registry.call(userId, request.getSessionId(), session -> session.play(request, stream));
    if (refusal != null) {
      stream.send(
          PlaybackEvents.refused(
              request.getRequestId(), refusal.name(), Refusals.text(refusal, userId)));
      stream.end(CloseReason.LEFT, "");
      return PlayTicket.NONE;
    }
    return () -> {
      BridgeSession session = registry.find(userId);
      if (session != null) {
        session.context().execute(() -> session.playbackLeft(stream));
      }
    };
  }

  /** Stops what plays. */
  public void stop(StopAudioRequest request, Consumer<StopAudioResponse> reply) {
    String fault = checks.stop(request);
    if (fault != null) {
      reply.accept(StopAudioResponse.newBuilder().setError(fault).build());
      return;
    }
    CloseReason refusal =
        registry.call(
            request.getUserId(),
            request.getSessionId(),
            session -> reply.accept(session.stopPlayback(request)));
    if (refusal != null) {
      reply.accept(
          StopAudioResponse.newBuilder()
              .setError(Refusals.text(refusal, request.getUserId()))
              .build());
    }
  }
}
