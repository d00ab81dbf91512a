package dev.livekitbridge.core;

/**
 * The format of PCM audio: 16-bit signed little-endian samples, interleaved.
 *
 * @param sampleRate samples a second for each channel, {@value #MIN_SAMPLE_RATE} to {@value
 *     #MAX_SAMPLE_RATE} Hz
 * @param channels 1 (mono) or 2 (stereo)
 */
public record AudioFormat(int sampleRate, int channels) {
  /** Lowest accepted sample rate in Hz. */
  public static final int MIN_SAMPLE_RATE = 8_000;

  /** Highest accepted sample rate in Hz. */
  public static final int MAX_SAMPLE_RATE = 48_000;

  /** 16 kHz mono: what flows from a room to a service, and the default the other way. */
  public static final AudioFormat VOICE = new AudioFormat(16_000, 1);

  /**
   * Checks the values.
   *
   * @param sampleRate samples a second for each channel, {@value #MIN_SAMPLE_RATE} to {@value
   *     #MAX_SAMPLE_RATE} Hz
   * @param channels 1 (mono) or 2 (stereo)
   * @throws IllegalArgumentException if a value is out of range; the message names it
   */
  public AudioFormat {
    if (sampleRate < MIN_SAMPLE_RATE || sampleRate > MAX_SAMPLE_RATE) {
      throw new IllegalArgumentException(
          "sample_rate: " + sampleRate + " (expected: 8000 to 48000 Hz)");
    }
    if (channels < 1 || channels > 2) {
      throw new IllegalArgumentException("channels: " + channels + " (expected: 1 or 2)");
    }
  }

  /**
   * The format for a rate and a number of channels, without allocation for the usual one.
   *
   * @param sampleRate in Hz
   * @param channels 1 or 2
   * @return the format
   * @throws IllegalArgumentException if a value is out of range
   */
  public static AudioFormat of(int sampleRate, int channels) {
    return sampleRate == VOICE.sampleRate && channels == VOICE.channels
        ? VOICE
        : new AudioFormat(sampleRate, channels);
  }

  /**
   * Bytes of one sample of every channel.
   *
   * @return 2 for mono, 4 for stereo
   */
  public int bytesPerSample() {
    return 2 * channels;
  }

  /**
   * How long so many bytes sound.
   *
   * @param bytes of PCM
   * @return nanoseconds
   */
  public long nanosOf(long bytes) {
    return bytes / bytesPerSample() * 1_000_000_000L / sampleRate;
  }
}
