package dev.livekitbridge.core.audio;

import com.google.protobuf.UnsafeByteOperations;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Converts a stream of frames from one format to another: first the channels (two become one by
 * their mean, one becomes two by repetition), then the sample rate.
 *
 * <p>It is for one stream: it keeps the last samples, so that there is no click between frames. The
 * frames of a stream, converted one by one, give exactly the samples that the whole would give. A
 * frame of N samples gives N × to / from samples, rounded so that the sum over the stream stays
 * right: 20 ms in, 20 ms out. With different rates the sound comes out later by {@link
 * #delayNanos}.
 *
 * <p>Not thread-safe.
 */
public final class FormatConverter {
  private static final short[] NO_SAMPLES = {};

  private final AudioFormat from;
  private final AudioFormat to;
  // Mixing down comes before resampling and mixing up after it: fewer channels to resample.
  private final int channels;
  private Resampler @Nullable [] resamplers;
  private short[] input = NO_SAMPLES;
  private short[] output = NO_SAMPLES;
  private @Nullable AudioFrame last;

  private FormatConverter(AudioFormat from, AudioFormat to) {
    this.from = from;
    this.to = to;
    this.channels = Math.min(from.channels(), to.channels());
    this.resamplers = resamplers();
  }

  /**
   * A converter for one stream.
   *
   * @param from the format of the frames that go in
   * @param to the format of those that come out
   * @return the converter
   */
  public static FormatConverter create(AudioFormat from, AudioFormat to) {
    return new FormatConverter(from, to);
  }

  /**
   * The format of the frames that go in.
   *
   * @return the format
   */
  public AudioFormat from() {
    return from;
  }

  /**
   * The format of the frames that come out.
   *
   * @return the format
   */
  public AudioFormat to() {
    return to;
  }

  /**
   * How much later the sound comes out than it went in: at most 3 ms; nothing where the rates are
   * the same.
   *
   * @return nanoseconds
   */
  public long delayNanos() {
    return resamplers == null
        ? 0
        : resamplers[0].delaySamples() * 1_000_000_000L / from.sampleRate();
  }

  /**
   * Converts the next frame of the stream.
   *
   * @param frame in the format {@link #from}
   * @return a frame with the track, time, sequence and source of the given one; the given one
   *     itself where the formats are the same; null if it is too short to give a sample (its sound
   *     then comes with the next one)
   * @throws IllegalArgumentException if the frame has another format, or would become longer than
   *     {@link AudioFrame#MAX_BYTES}
   */
  public @Nullable AudioFrame convert(AudioFrame frame) {
    if (!frame.format().equals(from)) {
      throw new IllegalArgumentException("format: " + frame.format() + " (expected: " + from + ")");
    }
    if (from.equals(to)) {
      return frame;
    }
    int count = frame.size() / from.bytesPerSample();
    long bytes = (long) outputCount(count) * to.bytesPerSample();
    if (bytes > AudioFrame.MAX_BYTES) {
      throw new IllegalArgumentException(
          "pcm_data: "
              + bytes
              + " bytes as "
              + to
              + " (expected: at most "
              + AudioFrame.MAX_BYTES
              + "; send shorter frames)");
    }
    last = frame;
    read(frame, count);
    return next(frame, frame.timestampMillis(), count);
  }

  /**
   * Ends the stream: gives the sound that is still on its way through. The next frame begins a new
   * stream.
   *
   * @return a frame like the last one of the stream, later by its length; null if there is none
   */
  public @Nullable AudioFrame flush() {
    AudioFrame end = last;
    if (end == null || resamplers == null) {
      return null;
    }
    int count = resamplers[0].delaySamples();
    ensureInput(count * channels);
    Arrays.fill(input, 0, count * channels, (short) 0);
    AudioFrame tail = next(end, end.timestampMillis() + end.durationNanos() / 1_000_000, count);
    resamplers = resamplers();
    last = null;
    return tail;
  }

  private Resampler @Nullable [] resamplers() {
    if (from.sampleRate() == to.sampleRate()) {
      return null;
    }
    Resampler[] each = new Resampler[channels];
    Arrays.setAll(each, channel -> new Resampler(from.sampleRate(), to.sampleRate()));
    return each;
  }

  private int outputCount(int count) {
    return resamplers == null ? count : resamplers[0].available(count);
  }

  private void ensureInput(int samples) {
    if (input.length < samples) {
      input = new short[samples];
    }
  }

  /** Fills {@link #input} with so many samples of each of {@link #channels}. */
  private void read(AudioFrame frame, int count) {
    int samples = count * from.channels();
    ensureInput(samples);
    frame.pcm().asShortBuffer().get(input, 0, samples);
    if (channels < from.channels()) {
      for (int i = 0; i < count; i++) {
        // The sum of two 16-bit values fits an int, so the mean cannot clip.
        input[i] = (short) ((input[2 * i] + input[2 * i + 1]) / 2);
      }
    }
  }

  private @Nullable AudioFrame next(AudioFrame like, long timestampMillis, int count) {
    short[] samples = input;
    int outputCount = outputCount(count);
    if (resamplers != null) {
      if (output.length < outputCount * channels) {
        output = new short[outputCount * channels];
      }
      samples = output;
      for (int channel = 0; channel < channels; channel++) {
        resamplers[channel].push(input, channel, channels, count);
        resamplers[channel].pull(output, channel, channels);
      }
    }
    return outputCount == 0
        ? null
        : AudioFrame.received(
            UnsafeByteOperations.unsafeWrap(bytes(samples, outputCount)),
            to,
            like.track(),
            timestampMillis,
            like.sequence(),
            like.source());
  }

  private byte[] bytes(short[] samples, int count) {
    byte[] bytes = new byte[count * to.bytesPerSample()];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (channels == to.channels()) {
      buffer.asShortBuffer().put(samples, 0, count * channels);
    } else {
      for (int i = 0; i < count; i++) {
        buffer.putShort(samples[i]).putShort(samples[i]);
      }
    }
    return bytes;
  }
}
