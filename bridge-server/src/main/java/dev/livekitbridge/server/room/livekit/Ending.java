package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.CloseReason;

/**
 * How one stay in a room ended.
 *
 * @param reason what a program decides on
 * @param rejoin whether to come back by ourselves; else this ends the room for good
 * @param detail for people, without secrets
 */
record Ending(CloseReason reason, boolean rejoin, String detail) {
  static Ending retry(CloseReason reason, String detail) {
    return new Ending(reason, true, detail);
  }

  static Ending last(CloseReason reason, String detail) {
    return new Ending(reason, false, detail);
  }
}
