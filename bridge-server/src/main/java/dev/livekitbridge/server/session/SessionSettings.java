package dev.livekitbridge.server.session;

import dev.livekitbridge.core.link.LinkLimits;
import dev.livekitbridge.server.playback.PlaybackSettings;

/**
 * Times and limits of sessions. What each means and its default is said once, in {@code
 * BridgeServerOptions}, which makes this.
 */
public record SessionSettings(Times times, Limits limits, Flow flow, PlaybackSettings playback) {

  /** How long a session waits for what; all in nanoseconds. */
  public record Times(
      long joinNanos,
      long attachNanos,
      long sendNanos,
      long inactivityNanos,
      long inactivityWithoutHeartbeatNanos,
      long maxResumeWindowNanos,
      long fenceMemoryNanos) {}

  /** What a bridge takes at most. */
  public record Limits(
      int maxSessions, int maxTracks, int maxFrameBytes, int maxIdLength, long retryAfterMillis) {}

  /**
   * How audio flows.
   *
   * @param channel what waits for the client of a session that does not outlive its stream
   * @param retention what is kept for a client that may come back
   * @param ackFrames an acknowledgement goes after so many frames
   * @param ackNanos or after this time
   * @param leadNanos how far ahead of real time audio is handed to the room
   * @param catchUpNanos the longest gap in a track after which what was held up passes at once
   * @param aheadNanos audio that waits for the room, by track, before the sender is held
   * @param trackReadyNanos how long the first audio of a track waits for a listener
   */
  public record Flow(
      LinkLimits channel,
      LinkLimits retention,
      int ackFrames,
      long ackNanos,
      long leadNanos,
      long catchUpNanos,
      long aheadNanos,
      long trackReadyNanos) {}
}
