package dev.livekitbridge.server.playback;

import dev.livekitbridge.server.room.livekit.fuzz.FuzzInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/**
 * Any file: it plays, or fails with what is wrong with it; it neither loops nor fills the memory.
 */
public final class SoundFuzz {
  private static final int MOST_READS = 100_000;

  private SoundFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    try {
      MediaUrl from = MediaUrl.of("http://127.0.0.1/x");
      Download file = new Download(new ByteArrayInputStream(input), input.length, from, 10L << 20);
      SoundReader reader = SoundReader.open(file);
      float[] into = new float[PcmReader.most()];
      int reads = 0;
      while (reader.read(into) >= 0) {
        FuzzInput.check(++reads < MOST_READS, "a file without end");
      }
    } catch (PlaybackException e) {
      FuzzInput.check(e.getMessage() != null, "a fault says what");
    } catch (IOException e) {
      throw new UncheckedIOException("not one of ours", e);
    } catch (RuntimeException e) {
      // A provider's; FileSound takes any for a broken file.
      if (e.getStackTrace().length > 0
          && e.getStackTrace()[0].getClassName().startsWith("dev.livekitbridge")) {
        throw e;
      }
    }
  }

  public static List<byte[]> seeds() {
    return List.of(
        Wav.pcm(16_000, 1, 16).tone(440, 0.5, 50),
        Wav.pcm(44_100, 2, 24).extensible().tone(440, 0.5, 20),
        Wav.floats(48_000, 2).tone(440, 0.5, 10),
        resource("cbr-no-header.mp3"),
        resource("mono-id3.mp3"),
        resource("stereo.ogg"));
  }

  private static byte[] resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(SoundFuzz.class.getResourceAsStream("/audio/" + name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
