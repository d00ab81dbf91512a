package dev.livekitbridge.server.room.livekit.rtp;

/** What the first bytes of an Opus packet say (RFC 6716 §3.1). */
final class OpusPacket {
  private static final int MAX_TICKS = 5_760;

  private OpusPacket() {}

  /** Its length in ticks of 48 kHz; 0 if it is malformed. */
  static int ticks(byte[] payload) {
    if (payload.length == 0) {
      return 0;
    }
    int configuration = (payload[0] & 0xFF) >> 3;
    int frame;
    if (configuration < 12) {
      frame = (configuration & 3) == 0 ? 480 : 960 * (configuration & 3);
    } else if (configuration < 16) {
      frame = 480 << (configuration & 1);
    } else {
      frame = 120 << (configuration & 3);
    }
    int frames =
        switch (payload[0] & 3) {
          case 0 -> 1;
          case 1, 2 -> 2;
          default -> payload.length < 2 ? 0 : payload[1] & 0x3F;
        };
    int ticks = frame * frames;
    return ticks <= MAX_TICKS ? ticks : 0;
  }
}
