package dev.livekitbridge.server.playback;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.sound.sampled.AudioFormat;
import org.jspecify.annotations.Nullable;

/** Reads PCM of any width as mono: the mean of its channels, full scale is 1. */
final class PcmReader {
  private static final int FRAMES = 2_048;

  /** A decoder may give nothing now and then, but not for ever. */
  private static final int MOST_EMPTY = 10_000;

  private static final float FULL_32 = 0x1p31f;

  /** One sample at a position of a buffer. */
  private interface Sample {
    float at(ByteBuffer bytes, int position);
  }

  private final InputStream in;
  private final int channels;
  private final int sampleBytes;
  private final int frameBytes;
  private final Sample sample;
  private final ByteBuffer bytes;
  private int pending;

  private PcmReader(InputStream in, AudioFormat format, Sample sample) {
    this.in = in;
    this.channels = format.getChannels();
    this.frameBytes = format.getFrameSize();
    this.sampleBytes = frameBytes / channels;
    this.sample = sample;
    this.bytes =
        ByteBuffer.allocate(FRAMES * frameBytes)
            .order(format.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  static boolean reads(AudioFormat format) {
    return sampleOf(format) != null;
  }

  /** Reads a format for which {@link #reads} is true. */
  static PcmReader of(InputStream in, AudioFormat format) {
    Sample sample = sampleOf(format);
    if (sample == null) {
      throw new IllegalArgumentException("format: " + format + " (expected: PCM)");
    }
    return new PcmReader(in, format, sample);
  }

  /**
   * Reads some frames.
   *
   * @param into takes {@link #most} samples
   * @return how many, at least one; -1 at the end
   * @throws EOFException if the end comes within a frame
   */
  int read(float[] into) throws IOException {
    int got;
    int empty = 0;
    do {
      got = in.read(bytes.array(), pending, bytes.capacity() - pending);
      if (got < 0) {
        if (pending > 0) {
          throw new EOFException();
        }
        return -1;
      }
      if (got == 0 && ++empty > MOST_EMPTY) {
        throw new IOException("its decoder gives nothing");
      }
      pending += got;
    } while (pending < frameBytes);
    int frames = pending / frameBytes;
    for (int i = 0; i < frames; i++) {
      float sum = 0;
      for (int channel = 0; channel < channels; channel++) {
        sum += sample.at(bytes, i * frameBytes + channel * sampleBytes);
      }
      float mean = sum / channels;
      // What no file should hold: it would silence the filters for good.
      into[i] = Float.isFinite(mean) ? Math.max(-16, Math.min(16, mean)) : 0;
    }
    int used = frames * frameBytes;
    System.arraycopy(bytes.array(), used, bytes.array(), 0, pending - used);
    pending -= used;
    return frames;
  }

  /** Samples that one {@link #read} gives at most. */
  static int most() {
    return FRAMES;
  }

  private static @Nullable Sample sampleOf(AudioFormat format) {
    int channels = format.getChannels();
    int bits = format.getSampleSizeInBits();
    if (channels < 1 || bits < 1 || format.getFrameSize() != channels * ((bits + 7) / 8)) {
      return null;
    }
    AudioFormat.Encoding encoding = format.getEncoding();
    if (encoding.equals(AudioFormat.Encoding.PCM_SIGNED)) {
      return switch (bits) {
        case 8 -> (bytes, at) -> bytes.get(at) / 128f;
        case 16 -> (bytes, at) -> bytes.getShort(at) / 32_768f;
        case 24 -> PcmReader::of24;
        case 32 -> (bytes, at) -> bytes.getInt(at) / FULL_32;
        default -> null;
      };
    }
    if (encoding.equals(AudioFormat.Encoding.PCM_UNSIGNED)) {
      return bits == 8 ? (bytes, at) -> ((bytes.get(at) & 0xff) - 128) / 128f : null;
    }
    if (encoding.equals(AudioFormat.Encoding.PCM_FLOAT)) {
      return switch (bits) {
        case 32 -> ByteBuffer::getFloat;
        case 64 -> (bytes, at) -> (float) bytes.getDouble(at);
        default -> null;
      };
    }
    return null;
  }

  private static float of24(ByteBuffer bytes, int at) {
    boolean big = bytes.order() == ByteOrder.BIG_ENDIAN;
    int high = bytes.get(big ? at : at + 2);
    int middle = bytes.get(at + 1) & 0xff;
    int low = bytes.get(big ? at + 2 : at) & 0xff;
    return (high << 16 | middle << 8 | low) / 8_388_608f;
  }
}
