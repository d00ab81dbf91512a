package dev.livekitbridge.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A piece of PCM16 little-endian audio, typically 10 to 100 ms of it. Immutable and safe to share
 * between threads; the samples are never copied on their way through.
 */
public final class AudioFrame {
  /** Longest frame a bridge takes: 1 MiB, about 32 s of 16 kHz mono. */
  public static final int MAX_BYTES = 1 << 20;

  private final ByteString pcm;
  private final AudioFormat format;
  private final TrackId track;
  private final long timestampMillis;
  private final long sequence;
  private final String source;
  // Asked for long after the samples have gone cold.
  private final int size;

  private AudioFrame(
      ByteString pcm,
      AudioFormat format,
      TrackId track,
      long timestampMillis,
      long sequence,
      String source) {
    int bytes = pcm.size();
    if (bytes == 0) {
      throw new IllegalArgumentException("pcm_data: empty (expected: at least one sample)");
    }
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "pcm_data: " + bytes + " bytes (expected: at most " + MAX_BYTES + ")");
    }
    if (bytes % format.bytesPerSample() != 0) {
      throw new IllegalArgumentException(
          "pcm_data: "
              + bytes
              + " bytes (expected: a multiple of "
              + format.bytesPerSample()
              + " for PCM16 with "
              + format.channels()
              + " channel(s))");
    }
    this.pcm = pcm;
    this.format = format;
    this.track = track;
    this.timestampMillis = timestampMillis;
    this.sequence = sequence;
    this.source = source;
    this.size = bytes;
  }

  /**
   * A 16 kHz mono frame of the {@link TrackId#SPEAKER} track, with a copy of the samples.
   *
   * @param pcm PCM16 little-endian; may change afterwards
   * @param timestampMillis when it was recorded, epoch milliseconds
   * @return the frame
   * @throws IllegalArgumentException if it is empty, of odd length or longer than {@link
   *     #MAX_BYTES}
   */
  public static AudioFrame copyOf(byte[] pcm, long timestampMillis) {
    return copyOf(pcm, AudioFormat.VOICE, TrackId.SPEAKER, timestampMillis);
  }

  /**
   * A frame with a copy of the samples.
   *
   * @param pcm PCM16 little-endian, interleaved; may change afterwards
   * @param format rate and channels
   * @param track the track it belongs to
   * @param timestampMillis when it was recorded, epoch milliseconds
   * @return the frame
   * @throws IllegalArgumentException if it is empty, not whole samples or longer than {@link
   *     #MAX_BYTES}
   */
  public static AudioFrame copyOf(
      byte[] pcm, AudioFormat format, TrackId track, long timestampMillis) {
    return new AudioFrame(ByteString.copyFrom(pcm), format, track, timestampMillis, 0, "");
  }

  /**
   * A frame around the caller's array, without a copy. <b>The array must not change any more</b>: a
   * frame is kept until the other side has it, and may be sent again.
   *
   * @param pcm PCM16 little-endian, interleaved; never to change again
   * @param format rate and channels
   * @param track the track it belongs to
   * @param timestampMillis when it was recorded, epoch milliseconds
   * @return the frame
   * @throws IllegalArgumentException if it is empty, not whole samples or longer than {@link
   *     #MAX_BYTES}
   */
  public static AudioFrame wrap(
      byte[] pcm, AudioFormat format, TrackId track, long timestampMillis) {
    return new AudioFrame(
        UnsafeByteOperations.unsafeWrap(pcm), format, track, timestampMillis, 0, "");
  }

  /**
   * A frame that came over the wire, without a copy.
   *
   * @param pcm PCM16 little-endian, interleaved
   * @param format rate and channels
   * @param track the track it belongs to
   * @param timestampMillis when it was recorded, epoch milliseconds
   * @param sequence the number its sender gave it, or 0
   * @param source identity of the participant whose audio it is, or an empty string
   * @return the frame
   * @throws IllegalArgumentException if it is empty, not whole samples or longer than {@link
   *     #MAX_BYTES}
   */
  public static AudioFrame received(
      ByteString pcm,
      AudioFormat format,
      TrackId track,
      long timestampMillis,
      long sequence,
      String source) {
    return new AudioFrame(pcm, format, track, timestampMillis, sequence, source);
  }

  /**
   * The samples as protobuf has them, without a copy.
   *
   * @return PCM16 little-endian, interleaved
   */
  public ByteString toByteString() {
    return pcm;
  }

  /**
   * The samples, without a copy.
   *
   * @return a new read-only little-endian buffer over them
   */
  public ByteBuffer pcm() {
    return pcm.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The samples, as a copy.
   *
   * @return PCM16 little-endian, interleaved
   */
  public byte[] toByteArray() {
    return pcm.toByteArray();
  }

  /**
   * The samples as numbers, as a copy.
   *
   * @return one value for each sample of each channel, interleaved
   */
  public short[] toSamples() {
    short[] samples = new short[pcm.size() / 2];
    pcm().asShortBuffer().get(samples);
    return samples;
  }

  /**
   * How many bytes of PCM it holds.
   *
   * @return bytes, at least 2
   */
  public int size() {
    return size;
  }

  /**
   * Rate and channels.
   *
   * @return the format
   */
  public AudioFormat format() {
    return format;
  }

  /**
   * The track it belongs to.
   *
   * @return the track
   */
  public TrackId track() {
    return track;
  }

  /**
   * When it was recorded, as its sender says. It keeps this through every replay.
   *
   * @return epoch milliseconds
   */
  public long timestampMillis() {
    return timestampMillis;
  }

  /**
   * The number its sender's link gave it: 1, 2, 3 … for each session, direction and track. A frame
   * that comes again after a takeover has the same number.
   *
   * @return the sequence, or 0 for a frame that was not received or came from a peer that does not
   *     count
   */
  public long sequence() {
    return sequence;
  }

  /**
   * Identity of the participant whose audio this is.
   *
   * @return the identity, or an empty string where it is not known
   */
  public String source() {
    return source;
  }

  /**
   * How long it sounds.
   *
   * @return nanoseconds
   */
  public long durationNanos() {
    return format.nanosOf(size);
  }

  /** Says what it is, without its samples. */
  @Override
  public String toString() {
    return "AudioFrame[track="
        + track.trackName()
        + ", sequence="
        + sequence
        + ", bytes="
        + pcm.size()
        + ", sampleRate="
        + format.sampleRate()
        + ", channels="
        + format.channels()
        + ", timestampMillis="
        + timestampMillis
        + "]";
  }
}
