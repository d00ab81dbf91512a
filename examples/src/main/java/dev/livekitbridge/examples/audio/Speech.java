package dev.livekitbridge.examples.audio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The recording that the examples say. */
public final class Speech {
  private static final String FILE = "speech-16k-mono.wav";

  private Speech() {}

  /**
   * All of it.
   *
   * @return PCM16 little-endian, 16 kHz mono, 26 s
   * @throws IOException if the archive of this program is damaged
   */
  public static byte[] pcm() throws IOException {
    InputStream resource =
        Objects.requireNonNull(Speech.class.getResourceAsStream("/" + FILE), FILE);
    ByteArrayOutputStream pcm = new ByteArrayOutputStream();
    try (WavReader reader = WavReader.of(FILE, resource)) {
      for (byte[] piece = reader.next(1000); piece != null; piece = reader.next(1000)) {
        pcm.write(piece);
      }
    }
    return pcm.toByteArray();
  }
}
