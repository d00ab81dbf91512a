package dev.livekitbridge.server.room.livekit.rtp;

import dev.livekitbridge.core.AudioFormat;

/**
 * One Opus stream that we send (RFC 7587).
 *
 * @param ssrc its source
 * @param payloadType as negotiated, 0 to 127
 * @param cname names all our streams together (RFC 3550 §6.5.1)
 * @param format of the PCM that goes in, in general: 8, 12, 16, 24 or 48 kHz; the lower, the
 *     cheaper
 * @param bitrate in bits a second
 * @param complexity of the encoder, 0 (cheapest) to 10
 * @param audioLevelId id of the audio level extension (RFC 6464), or 0 for none
 */
public record RtpSenderOptions(
    int ssrc,
    int payloadType,
    String cname,
    AudioFormat format,
    int bitrate,
    int complexity,
    int audioLevelId) {
  /** Checks what Opus takes. */
  public RtpSenderOptions {
    if (!OpusFrames.takes(format)) {
      throw new IllegalArgumentException(
          "sample_rate: "
              + format.sampleRate()
              + " (expected: 8000, 12000, 16000, 24000 or 48000 Hz)");
    }
    if (payloadType < 0 || payloadType > 127 || audioLevelId < 0 || audioLevelId > 14) {
      throw new IllegalArgumentException(
          "payloadType: "
              + payloadType
              + ", audioLevelId: "
              + audioLevelId
              + " (expected: 0 to 127, 0 to 14)");
    }
  }

  /**
   * The usual: 48 kbit/s for mono, 96 for stereo, low complexity, no audio level.
   *
   * @param ssrc its source
   * @param payloadType as negotiated
   * @param cname names all our streams together
   * @param format of the PCM that goes in
   * @return the options
   */
  public static RtpSenderOptions of(int ssrc, int payloadType, String cname, AudioFormat format) {
    return new RtpSenderOptions(ssrc, payloadType, cname, format, 48_000 * format.channels(), 2, 0);
  }

  /**
   * The same with the audio level extension.
   *
   * @param id as negotiated, 1 to 14
   * @return the options
   */
  public RtpSenderOptions withAudioLevel(int id) {
    return new RtpSenderOptions(ssrc, payloadType, cname, format, bitrate, complexity, id);
  }
}
