package dev.livekitbridge.examples.roomhost;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

/**
 * Audio that carries its own number, so that loss, repetition and disorder can be seen at the end
 * of any path that keeps samples as they are (data packets, memory rooms; not a lossy codec).
 *
 * <p>A frame is PCM16 little-endian. Its first five samples are a mark, the stream (0 to 65535),
 * the number's lower and upper 16 bits, and a check over these four and the length; the rest is
 * quiet noise that follows from the number, so that a damaged frame is seen wherever the damage is.
 */
public final class NumberedFrames {
  /** What {@link #read} says of audio that is not a numbered frame. */
  public static final long NONE = -1;

  /** What {@link #read} says of a numbered frame that was cut, joined or damaged. */
  public static final long BROKEN = -2;

  private static final int MARK = 0x4E46;
  private static final int HEAD_SAMPLES = 5;
  private static final long LARGEST_NUMBER = 0xFFFF_FFFFL;
  private static final int LARGEST_STREAM = 0xFFFF;

  private NumberedFrames() {}

  /**
   * The samples of a frame.
   *
   * @param stream 0 to 65535
   * @param number 0 to 2³² − 1
   * @param samples how many, at least 5; 320 are 20 ms of 16 kHz mono
   * @return PCM16 little-endian
   */
  public static byte[] pcm(int stream, long number, int samples) {
    if (stream < 0 || stream > LARGEST_STREAM) {
      throw new IllegalArgumentException("stream: " + stream + " (expected: 0 to 65535)");
    }
    if (number < 0 || number > LARGEST_NUMBER) {
      throw new IllegalArgumentException("number: " + number + " (expected: 0 to 4294967295)");
    }
    if (samples < HEAD_SAMPLES) {
      throw new IllegalArgumentException("samples: " + samples + " (expected: at least 5)");
    }
    byte[] pcm = new byte[2 * samples];
    int low = (int) number & 0xFFFF;
    int high = (int) (number >> 16) & 0xFFFF;
    put(pcm, 0, MARK);
    put(pcm, 1, stream);
    put(pcm, 2, low);
    put(pcm, 3, high);
    put(pcm, 4, check(stream, low, high, samples));
    for (int i = HEAD_SAMPLES; i < samples; i++) {
      put(pcm, i, noise(low, i));
    }
    return pcm;
  }

  /**
   * A frame that goes on without a copy.
   *
   * @param stream 0 to 65535
   * @param number 0 to 2³² − 1
   * @param samples how many, at least 5
   * @return PCM16 little-endian
   */
  public static ByteString frame(int stream, long number, int samples) {
    return UnsafeByteOperations.unsafeWrap(pcm(stream, number, samples));
  }

  /**
   * What a frame carries.
   *
   * @param pcm PCM16 little-endian
   * @return {@code stream << 32 | number}, or {@link #NONE} or {@link #BROKEN}
   */
  public static long read(ByteString pcm) {
    int samples = pcm.size() / 2;
    if (samples < HEAD_SAMPLES || sample(pcm, 0) != MARK) {
      return NONE;
    }
    int stream = sample(pcm, 1);
    int low = sample(pcm, 2);
    int high = sample(pcm, 3);
    if (pcm.size() % 2 != 0 || sample(pcm, 4) != check(stream, low, high, samples)) {
      return BROKEN;
    }
    for (int i = HEAD_SAMPLES; i < samples; i++) {
      if (sample(pcm, i) != (noise(low, i) & 0xFFFF)) {
        return BROKEN;
      }
    }
    return (long) stream << 32 | (long) high << 16 | low;
  }

  /**
   * The stream of what {@link #read} gave.
   *
   * @param read not negative
   * @return 0 to 65535
   */
  public static int stream(long read) {
    return (int) (read >> 32);
  }

  /**
   * The number of what {@link #read} gave.
   *
   * @param read not negative
   * @return 0 to 2³² − 1
   */
  public static long number(long read) {
    return read & LARGEST_NUMBER;
  }

  private static int check(int stream, int low, int high, int samples) {
    return (MARK + 3 * stream + 5 * low + 7 * high + 11 * samples) & 0xFFFF;
  }

  /** Between −128 and 127: some 48 dB below full scale. */
  private static int noise(int low, int at) {
    return (byte) ((low + at) * 37);
  }

  private static void put(byte[] pcm, int at, int sample) {
    pcm[2 * at] = (byte) sample;
    pcm[2 * at + 1] = (byte) (sample >> 8);
  }

  private static int sample(ByteString pcm, int at) {
    return (pcm.byteAt(2 * at) & 0xFF) | (pcm.byteAt(2 * at + 1) & 0xFF) << 8;
  }
}
