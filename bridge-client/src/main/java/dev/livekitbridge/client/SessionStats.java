package dev.livekitbridge.client;

import dev.livekitbridge.core.FrameCounts;
import java.time.Duration;
import java.util.Optional;

/**
 * The books of a session at one moment. For {@link #sent}, {@link #received} and {@link #fallback}
 * the law of frames holds: accepted = delivered + dropped + buffered.
 *
 * @param state where the session stands
 * @param bridge target of the bridge it is at, or was at last; empty before the first try
 * @param resumable whether the bridge keeps the session when the stream breaks
 * @param sent frames given to {@link BridgeSession#send}, but for those of the fallback. Delivered:
 *     acknowledged by the bridge, or handed to the stream where it does not acknowledge
 * @param received frames from the room. Delivered: {@code onAudio} returned
 * @param fallback frames given to the fallback
 * @param reconnects times that the session came back after a fault
 * @param tries joins and attaches, successful or not
 * @param handOvers times that the session went on at another bridge without a break
 * @param standby target of the bridge that is ready to go on; empty if none is
 * @param lastFault the latest fault, overcome or not; empty if there was none
 * @param roundTrip of the last ping; empty before the first, and at a bridge without pings
 */
public record SessionStats(
    ConnectionState state,
    String bridge,
    boolean resumable,
    FrameCounts sent,
    FrameCounts received,
    FrameCounts fallback,
    long reconnects,
    long tries,
    long handOvers,
    String standby,
    Optional<Fault> lastFault,
    Optional<Duration> roundTrip) {
  static final SessionStats NONE =
      new SessionStats(
          ConnectionState.IDLE,
          "",
          false,
          FrameCounts.NONE,
          FrameCounts.NONE,
          FrameCounts.NONE,
          0,
          0,
          0,
          "",
          Optional.empty(),
          Optional.empty());
}
