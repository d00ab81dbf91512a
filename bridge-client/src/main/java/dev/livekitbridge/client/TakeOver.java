package dev.livekitbridge.client;

import dev.livekitbridge.core.LostSpan;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.JoinRoomResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a bridge tells the process that takes a living session over. */
final class TakeOver {
  /** Metadata of the join's answer: since when the bridge got no audio, in milliseconds. */
  static final String LAST_AUDIO_AGE = "last-audio-age-ms";

  private TakeOver() {}

  static SessionEvent.TakenOver event(JoinRoomResponse response) {
    Duration silent = millis(response.getMetadataOrDefault(LAST_AUDIO_AGE, ""));
    List<LostSpan> unsent = new ArrayList<>();
    response
        .getLastReceivedMap()
        .forEach(
            (track, last) -> {
              if (track >= 0) {
                unsent.add(new LostSpan(TrackId.of(track), last + 1, last, silent));
              }
            });
    return new SessionEvent.TakenOver(unsent);
  }

  private static Duration millis(String text) {
    try {
      return Duration.ofMillis(Math.max(0, Long.parseLong(text)));
    } catch (NumberFormatException e) {
      return Duration.ZERO;
    }
  }
}
