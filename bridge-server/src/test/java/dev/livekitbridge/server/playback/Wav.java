package dev.livekitbridge.server.playback;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.NullMarked;

/** WAV files, right ones and wrong ones. */
@NullMarked
public final class Wav {
  private static final int PCM = 1;
  private static final int FLOAT = 3;
  private static final int EXTENSIBLE = 0xfffe;

  private final int rate;
  private final int channels;
  private final int bits;
  private final boolean floats;
  private boolean extensible;
  private long claimedBytes = -1;

  private Wav(int rate, int channels, int bits, boolean floats) {
    this.rate = rate;
    this.channels = channels;
    this.bits = bits;
    this.floats = floats;
  }

  public static Wav pcm(int rate, int channels, int bits) {
    return new Wav(rate, channels, bits, false);
  }

  public static Wav floats(int rate, int channels) {
    return new Wav(rate, channels, 32, true);
  }

  public Wav extensible() {
    extensible = true;
    return this;
  }

  /** So many bytes of sound, says its head, whatever there is. */
  public Wav claiming(long bytes) {
    claimedBytes = bytes;
    return this;
  }

  /** The head and so much of a tone, the same on every channel. */
  public byte[] tone(double hertz, double amplitude, int millis) {
    int frames = (int) ((long) rate * millis / 1_000);
    int bytes = frames * channels * bits / 8;
    byte[] file = new byte[headBytes() + bytes];
    ByteBuffer out = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    head(out, claimedBytes < 0 ? bytes : claimedBytes);
    for (int i = 0; i < frames; i++) {
      double value = amplitude * Math.sin(2 * Math.PI * hertz * i / rate);
      for (int channel = 0; channel < channels; channel++) {
        put(out, value);
      }
    }
    return file;
  }

  private void put(ByteBuffer out, double value) {
    if (floats) {
      out.putFloat((float) value);
      return;
    }
    long scaled = Math.round(value * ((1L << (bits - 1)) - 1));
    switch (bits) {
      case 8 -> out.put((byte) (scaled + 128));
      case 16 -> out.putShort((short) scaled);
      case 24 -> out.put((byte) scaled).put((byte) (scaled >> 8)).put((byte) (scaled >> 16));
      default -> out.putInt((int) scaled);
    }
  }

  private int headBytes() {
    return 28 + (extensible ? 40 : 16);
  }

  private void head(ByteBuffer out, long claimed) {
    int format = extensible ? 40 : 16;
    int block = channels * bits / 8;
    out.put("RIFF".getBytes(US_ASCII))
        .putInt((int) (claimed + 20 + format))
        .put("WAVEfmt ".getBytes(US_ASCII));
    out.putInt(format).putShort((short) (extensible ? EXTENSIBLE : floats ? FLOAT : PCM));
    out.putShort((short) channels).putInt(rate).putInt(rate * block);
    out.putShort((short) block).putShort((short) bits);
    if (extensible) {
      out.putShort((short) 22).putShort((short) bits).putInt((1 << channels) - 1);
      out.putInt(floats ? FLOAT : PCM).putInt(0x0010_0000).putInt(0xaa00_0080).putInt(0x719b_3800);
    }
    out.put("data".getBytes(US_ASCII)).putInt((int) claimed);
  }
}
