package dev.livekitbridge.server.playback;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;

/**
 * How long a file sounds, as its head says.
 *
 * @param nanos or {@link Sound#UNKNOWN}
 * @param slackNanos how much may be missing at the end before something is amiss
 */
record Length(long nanos, long slackNanos) {
  private static final Length UNKNOWN = new Length(Sound.UNKNOWN, 0);

  /** Writers that do not know the length put the most that fits; no file that is played has it. */
  private static final long UNKNOWN_BYTES = 0x7fff_0000L;

  /** Encoders round, and pad. */
  private static final long CODED_SLACK_NANOS = 500_000_000L;

  static Length ofPcm(AudioInputStream stream) {
    AudioFormat format = stream.getFormat();
    long frames = stream.getFrameLength();
    if (frames <= 0 || frames * format.getFrameSize() >= UNKNOWN_BYTES) {
      return UNKNOWN;
    }
    return new Length(Math.round(frames * 1e9 / format.getSampleRate()), 0);
  }

  /**
   * For a format with a decoder.
   *
   * @param head the file's first bytes
   * @param bytes of the whole file, or {@link Download#UNKNOWN}
   */
  static Length ofCoded(AudioFormat format, byte[] head, long bytes) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("fLaC") && head.length >= 26) {
      // STREAMINFO comes first and has the number of samples in 36 bits (RFC 9639).
      long samples = ByteBuffer.wrap(head).getLong(18) & 0xf_ffff_ffffL;
      return coded(samples * 1e9 / format.getSampleRate());
    }
    return format.getEncoding().toString().startsWith("MPEG")
        ? ofMp3(format, text, head, bytes)
        : UNKNOWN;
  }

  /** Whether so many samples are too few. */
  boolean missing(long samples, int rate) {
    return nanos != Sound.UNKNOWN && samples * 1e9 / rate < nanos - slackNanos - 1e9 / rate;
  }

  private static Length ofMp3(AudioFormat format, String text, byte[] head, long bytes) {
    // The frame that LAME and others put first counts those that follow.
    int at = Math.max(text.indexOf("Xing"), text.indexOf("Info"));
    if (at >= 0 && at + 12 <= head.length && (head[at + 7] & 1) != 0) {
      long frames = Integer.toUnsignedLong(ByteBuffer.wrap(head).getInt(at + 8));
      return coded(frames * 1e9 / format.getFrameRate());
    }
    Map<String, Object> known = format.properties();
    boolean constant = Boolean.FALSE.equals(known.get("vbr"));
    if (constant && bytes > 0 && known.get("bitrate") instanceof Integer rate && rate > 0) {
      // A guess, as nothing says that the rate does not change: good enough to show.
      return new Length(Math.round(bytes * 8e9 / rate), Long.MAX_VALUE / 2);
    }
    return UNKNOWN;
  }

  private static Length coded(double nanos) {
    return nanos > 0 && nanos < Long.MAX_VALUE
        ? new Length(Math.round(nanos), Math.max(CODED_SLACK_NANOS, Math.round(nanos * 0.02)))
        : UNKNOWN;
  }
}
