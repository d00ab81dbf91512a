package dev.livekitbridge.server.room.livekit;

import java.time.Duration;

/**
 * Limits and times.
 *
 * @param joinTimeout after which a join has failed and leaves nothing
 * @param udp whether media may go over UDP
 * @param tcp whether media may go over TCP, where UDP finds no way
 */
record LiveKitOptions(Duration joinTimeout, boolean udp, boolean tcp) {
  static final LiveKitOptions DEFAULT = new LiveKitOptions(Duration.ofSeconds(10), true, true);
}
