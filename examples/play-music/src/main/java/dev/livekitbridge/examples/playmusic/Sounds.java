package dev.livekitbridge.examples.playmusic;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** The speech and the music, as files on a small web server of this process. */
final class Sounds implements AutoCloseable {
  private static final int SPEECH_BYTES_A_SECOND = 32_000;
  private static final int WAV_HEADER_BYTES = 44;
  private static final int MUSIC_RATE = 44_100;
  // C major, A minor, F major, G major: the notes of each chord in Hz.
  private static final double[][] CHORDS = {
    {261.6, 329.6, 392.0}, {220.0, 261.6, 329.6}, {174.6, 220.0, 261.6}, {196.0, 246.9, 293.7}
  };

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  Sounds(int speechSeconds) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    serve("/speech.wav", speech(speechSeconds));
    serve("/music.wav", music(speechSeconds + 30));
    server.start();
  }

  String url(String name) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
  }

  private void serve(String path, byte[] file) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, file.length);
            exchange.getResponseBody().write(file);
          }
        });
  }

  private static byte[] speech(int seconds) throws IOException {
    try (InputStream in = Sounds.class.getResourceAsStream("/speech-16k-mono.wav")) {
      byte[] all = Objects.requireNonNull(in, "speech-16k-mono.wav").readAllBytes();
      int end = Math.min(all.length, WAV_HEADER_BYTES + seconds * SPEECH_BYTES_A_SECOND);
      return wav(Arrays.copyOfRange(all, WAV_HEADER_BYTES, end), 16_000, 1);
    }
  }

  /**
   * Four chords, two seconds each, again and again: stereo, each note plucked every half second.
   */
  private static byte[] music(int seconds) throws IOException {
    byte[] pcm = new byte[4 * MUSIC_RATE * seconds];
    for (int i = 0; i < pcm.length / 4; i++) {
      double time = i / (double) MUSIC_RATE;
      double[] chord = CHORDS[(int) (time / 2) % CHORDS.length];
      double since = time % 0.5;
      double pluck = Math.min(1, since / 0.01) * Math.exp(-3 * since);
      double sum = 0;
      for (double note : chord) {
        sum += Math.sin(2 * Math.PI * note * time);
      }
      int sample = (int) (8_000 * pluck * sum / chord.length);
      for (int channel = 0; channel < 2; channel++) {
        pcm[4 * i + 2 * channel] = (byte) sample;
        pcm[4 * i + 2 * channel + 1] = (byte) (sample >> 8);
      }
    }
    return wav(pcm, MUSIC_RATE, 2);
  }

  /** 16-bit PCM as a WAV file. */
  static byte[] wav(byte[] pcm, int rate, int channels) throws IOException {
    AudioFormat format = new AudioFormat(rate, 16, channels, true, false);
    long frames = pcm.length / (2L * channels);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(pcm), format, frames),
        AudioFileFormat.Type.WAVE,
        file);
    return file.toByteArray();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
