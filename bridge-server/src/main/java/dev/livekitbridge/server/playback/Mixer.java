package dev.livekitbridge.server.playback;

import com.google.protobuf.UnsafeByteOperations;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Makes one sound of what plays on a track and of what is said on it meanwhile. The pace is that of
 * what plays; live sound waits here for its turn, in order, and none of it is lost. Not
 * thread-safe.
 */
public final class Mixer {
  private final AudioFormat format;
  private final TrackId track;
  private final Limiter limiter;
  private final int flowing;
  private short[] live = new short[4_096];
  private int liveSize;
  private boolean liveFlows;
  private boolean waitedOnce;

  /** A mixer that gives frames of that format. */
  public Mixer(AudioFormat format, TrackId track) {
    this.format = format;
    this.track = track;
    this.limiter = new Limiter(format.sampleRate() * format.channels());
    this.flowing =
        (int) (PlaybackMachine.FRAME_NANOS * format.sampleRate() / 1_000_000_000L)
            * format.channels();
  }

  /** Takes live sound, in the format of this mixer. */
  public void live(AudioFrame frame) {
    int count = frame.size() / 2;
    if (liveSize + count > live.length) {
      live = Arrays.copyOf(live, Math.max(2 * live.length, liveSize + count));
    }
    frame.pcm().asShortBuffer().get(live, liveSize, count);
    liveSize += count;
  }

  /** Bytes of live sound that were not mixed yet. */
  public long waitingBytes() {
    return 2L * liveSize;
  }

  /**
   * Mixes the next piece.
   *
   * @param mono samples of what plays
   * @param count how many
   * @param fromGain their volume at the first sample
   * @param toGain and at the last: in between it changes evenly
   * @param timestampMillis for the frame
   * @return as long as what was given; its sound is later by 5 ms
   */
  public AudioFrame mix(
      short[] mono, int count, float fromGain, float toGain, long timestampMillis) {
    int channels = format.channels();
    int said = liveReady(count * channels);
    byte[] bytes = new byte[2 * count * channels];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0, at = 0; i < count; i++) {
      float gain = fromGain + (toGain - fromGain) * i / count;
      for (int channel = 0; channel < channels; channel++, at++) {
        out.putShort(limiter.limit(mono[i] * gain + (at < said ? live[at] : 0)));
      }
    }
    take(said);
    return frame(bytes, timestampMillis);
  }

  /** What is still in here, when nothing plays any more. */
  public AudioFrame finish(long timestampMillis) {
    int samples = liveSize + limiter.delay();
    samples += samples % format.channels();
    byte[] bytes = new byte[2 * samples];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < samples; at++) {
      out.putShort(limiter.limit(at < liveSize ? live[at] : 0));
    }
    take(liveSize);
    return frame(bytes, timestampMillis);
  }

  /** How much live sound goes with so many samples. Once it runs dry it waits for a whole frame. */
  private int liveReady(int samples) {
    if (liveSize == 0) {
      liveFlows = false;
      waitedOnce = false;
      return 0;
    }
    if (!liveFlows && liveSize < flowing && !waitedOnce) {
      waitedOnce = true;
      return 0;
    }
    liveFlows = true;
    return Math.min(samples, liveSize);
  }

  private void take(int samples) {
    liveSize -= samples;
    System.arraycopy(live, samples, live, 0, liveSize);
  }

  private AudioFrame frame(byte[] bytes, long timestampMillis) {
    return AudioFrame.received(
        UnsafeByteOperations.unsafeWrap(bytes), format, track, timestampMillis, 0, "");
  }
}
