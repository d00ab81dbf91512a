package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/** The demo's speech, and how much of it is left after a codec and a network. */
final class Speech {
  private static final Path FILE = Path.of("../examples/src/main/resources/speech-16k-mono.wav");
  private static final int FRAME_BYTES = 640;
  private static final int WINDOW = 320;
  private static final int SEGMENT = 50;

  /** In multiples of 50 Hz. */
  private static final int[] BANDS = {4, 9, 16, 26, 42, 64};

  private static final double[] COSINE = new double[WINDOW];

  static {
    for (int i = 0; i < WINDOW; i++) {
      COSINE[i] = Math.cos(2 * Math.PI * i / WINDOW);
    }
  }

  private final byte[] pcm;

  /** Its first seconds. */
  Speech(int seconds) throws IOException, UnsupportedAudioFileException {
    byte[] file = Files.readAllBytes(FILE);
    try (AudioInputStream in = AudioSystem.getAudioInputStream(new ByteArrayInputStream(file))) {
      pcm = in.readNBytes(seconds * 2 * AudioFormat.VOICE.sampleRate());
    }
  }

  int frames() {
    return pcm.length / FRAME_BYTES;
  }

  /** A piece of 20 ms. */
  AudioFrame frame(int index) {
    byte[] piece = Arrays.copyOfRange(pcm, index * FRAME_BYTES, (index + 1) * FRAME_BYTES);
    return AudioFrame.wrap(piece, AudioFormat.VOICE, TrackId.SPEAKER, 1);
  }

  short[] samples() {
    short[] samples = new short[pcm.length / 2];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) ((pcm[2 * i] & 0xff) | pcm[2 * i + 1] << 8);
    }
    return samples;
  }

  /**
   * How alike what was heard is to this speech: the correlation of loudness in each band, 20 ms by
   * 20 ms, for each second where it fits best, since jitter buffers stretch; of all seconds the one
   * in the middle, since who comes late hears no begin. 1 is the same, 0 is something else.
   */
  double likeness(short[] heard) {
    double[][] said = bands(samples(), 0);
    List<double[][]> grids = new ArrayList<>();
    for (int from = 0; from < WINDOW; from += WINDOW / 4) {
      grids.add(bands(heard, from));
    }
    double[] seconds = new double[said.length / SEGMENT];
    for (int second = 0; second < seconds.length; second++) {
      for (double[][] got : grids) {
        for (int at = 0; at + SEGMENT <= got.length; at++) {
          double fit = correlation(said, second * SEGMENT, got, at);
          seconds[second] = Math.max(seconds[second], fit);
        }
      }
    }
    Arrays.sort(seconds);
    return seconds[seconds.length / 2];
  }

  private static double[][] bands(short[] samples, int from) {
    double[][] windows = new double[Math.max(0, samples.length - from) / WINDOW][BANDS.length - 1];
    for (int at = 0; at < windows.length; at++) {
      for (int band = 0; band < BANDS.length - 1; band++) {
        double sum = 0;
        for (int bin = BANDS[band]; bin < BANDS[band + 1]; bin++) {
          sum += amplitude(samples, from + at * WINDOW, bin);
        }
        windows[at][band] = Math.log1p(sum);
      }
    }
    return windows;
  }

  /** Of a multiple of 50 Hz, under a Hann window. */
  private static double amplitude(short[] samples, int from, int bin) {
    double real = 0;
    double imaginary = 0;
    for (int i = 0; i < WINDOW; i++) {
      double value = samples[from + i] * (1 - COSINE[i]);
      real += value * COSINE[i * bin % WINDOW];
      imaginary += value * COSINE[(i * bin + WINDOW / 4) % WINDOW];
    }
    return Math.hypot(real, imaginary) / WINDOW;
  }

  private static double correlation(double[][] a, int fromA, double[][] b, int fromB) {
    double sum = 0;
    for (int band = 0; band < BANDS.length - 1; band++) {
      double[] x = new double[SEGMENT];
      double[] y = new double[SEGMENT];
      for (int i = 0; i < SEGMENT; i++) {
        x[i] = a[fromA + i][band];
        y[i] = b[fromB + i][band];
      }
      sum += pearson(x, y);
    }
    return sum / (BANDS.length - 1);
  }

  private static double pearson(double[] x, double[] y) {
    double meanX = Arrays.stream(x).average().orElse(0);
    double meanY = Arrays.stream(y).average().orElse(0);
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    return xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
  }
}
