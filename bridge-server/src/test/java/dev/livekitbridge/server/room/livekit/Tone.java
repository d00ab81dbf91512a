package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import java.util.List;

/** Tones, and what is left of them after a codec and a network. */
final class Tone {
  private Tone() {}

  /** The samples of a sine wave, from a position on, so that pieces fit together. */
  static AudioFrame piece(AudioFormat format, double hertz, int amplitude, int from, int samples) {
    byte[] pcm = new byte[samples * format.bytesPerSample()];
    for (int i = 0; i < samples; i++) {
      short value =
          (short) (amplitude * Math.sin(2 * Math.PI * hertz * (from + i) / format.sampleRate()));
      for (int channel = 0; channel < format.channels(); channel++) {
        int at = i * format.bytesPerSample() + 2 * channel;
        pcm[at] = (byte) value;
        pcm[at + 1] = (byte) (value >> 8);
      }
    }
    return AudioFrame.wrap(pcm, format, TrackId.SPEAKER, 1);
  }

  /** Stereo with a tone in the left channel and nothing in the right. */
  static AudioFrame onTheLeft(
      AudioFormat stereo, double hertz, int amplitude, int from, int samples) {
    byte[] pcm = piece(stereo, hertz, amplitude, from, samples).toByteArray();
    for (int at = 0; at < pcm.length; at += 4) {
      pcm[at + 2] = 0;
      pcm[at + 3] = 0;
    }
    return AudioFrame.wrap(pcm, stereo, TrackId.SPEAKER, 1);
  }

  /** One of two channels. */
  static short[] channel(short[] stereo, int channel) {
    short[] one = new short[stereo.length / 2];
    for (int i = 0; i < one.length; i++) {
      one[i] = stereo[2 * i + channel];
    }
    return one;
  }

  static short[] reversed(short[] samples) {
    short[] reversed = new short[samples.length];
    for (int i = 0; i < samples.length; i++) {
      reversed[i] = samples[samples.length - 1 - i];
    }
    return reversed;
  }

  /** All frames in one; more may come to the list meanwhile. */
  static short[] samples(List<AudioFrame> growing) {
    List<AudioFrame> frames = List.copyOf(growing);
    int length = frames.stream().mapToInt(frame -> frame.size() / 2).sum();
    short[] all = new short[length];
    int at = 0;
    for (AudioFrame frame : frames) {
      short[] each = frame.toSamples();
      System.arraycopy(each, 0, all, at, each.length);
      at += each.length;
    }
    return all;
  }

  /** The amplitude of one frequency in a stretch (Goertzel's algorithm). */
  static double amplitude(short[] samples, int from, int length, double hertz, int rate) {
    double step = 2 * Math.PI * hertz / rate;
    double real = 0;
    double imaginary = 0;
    for (int i = 0; i < length; i++) {
      real += samples[from + i] * Math.cos(step * i);
      imaginary += samples[from + i] * Math.sin(step * i);
    }
    return 2 * Math.hypot(real, imaginary) / length;
  }

  /** In how many windows of 20 ms the tone sounds with at least half of an amplitude. */
  static int windowsWith(short[] samples, double hertz, int amplitude, int rate) {
    int window = rate / 50;
    int count = 0;
    for (int at = 0; at + window <= samples.length; at += window) {
      if (amplitude(samples, at, window, hertz, rate) > amplitude / 2.0) {
        count++;
      }
    }
    return count;
  }

  /** In how many windows of 20 ms between its begin and its end it does not sound so. */
  static int silentWindows(short[] samples, double hertz, int amplitude, int rate) {
    int window = rate / 50;
    int silent = 0;
    int since = -1;
    for (int at = 0; at + window <= samples.length; at += window) {
      if (amplitude(samples, at, window, hertz, rate) > amplitude / 2.0) {
        silent += Math.max(since, 0);
        since = 0;
      } else if (since >= 0) {
        since++;
      }
    }
    return silent;
  }

  /** The longest stretch without the tone between its begin and its end, in windows of 20 ms. */
  static int longestGap(short[] samples, double hertz, int amplitude, int rate) {
    int window = rate / 50;
    int longest = 0;
    int gap = -1;
    for (int at = 0; at + window <= samples.length; at += window) {
      boolean sounds = amplitude(samples, at, window, hertz, rate) > amplitude / 4.0;
      if (sounds) {
        longest = Math.max(longest, gap);
        gap = 0;
      } else if (gap >= 0) {
        gap++;
      }
    }
    return longest;
  }
}
