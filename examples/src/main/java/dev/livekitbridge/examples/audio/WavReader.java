package dev.livekitbridge.examples.audio;

import dev.livekitbridge.core.AudioFormat;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a WAV file piece by piece. Java Sound parses it; this class says clearly what it is not.
 */
public final class WavReader implements Closeable {
  private static final String EXPECTED =
      "expected: WAV with 16-bit PCM, 8000 to 48000 Hz, mono or stereo";

  private final String name;
  private final AudioInputStream stream;
  private final AudioFormat format;
  private final long promisedBytes;
  private long readBytes;

  private WavReader(String name, AudioInputStream stream) throws WavException {
    this.name = name;
    this.stream = stream;
    this.format = check(name, stream.getFormat());
    long frames = stream.getFrameLength();
    this.promisedBytes = frames < 0 ? -1 : frames * format.bytesPerSample();
  }

  /**
   * Opens a file.
   *
   * @param file the WAV file
   * @return its reader; close it
   * @throws WavException if it is missing, unreadable, not a WAV file, or of a format we do not
   *     take
   */
  public static WavReader open(Path file) throws WavException {
    String name = file.toString();
    if (!Files.exists(file)) {
      throw new WavException(name + ": no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new WavException(name + ": not a file");
    }
    try {
      return of(name, Files.newInputStream(file));
    } catch (WavException e) {
      throw e;
    } catch (IOException e) {
      throw new WavException(name + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Reads from a stream, which it then owns.
   *
   * @param name for errors
   * @param input the WAV file's bytes
   * @return its reader; close it
   * @throws WavException if it is not a WAV file, or of a format we do not take
   */
  public static WavReader of(String name, InputStream input) throws WavException {
    try {
      AudioInputStream stream = AudioSystem.getAudioInputStream(new BufferedInputStream(input));
      return new WavReader(name, stream);
    } catch (WavException e) {
      closeQuietly(input, e);
      throw e;
    } catch (UnsupportedAudioFileException e) {
      throw failed(input, new WavException(name + ": not a WAV file (" + EXPECTED + ")", e));
    } catch (EOFException e) {
      throw failed(input, new WavException(name + ": ends inside its header", e));
    } catch (IOException | RuntimeException e) {
      // Java Sound answers some broken headers with an ArithmeticException and the like.
      throw failed(input, new WavException(name + ": broken header (" + e.getMessage() + ")", e));
    }
  }

  private static AudioFormat check(String name, javax.sound.sampled.AudioFormat found)
      throws WavException {
    boolean pcm16 =
        found.getEncoding().equals(javax.sound.sampled.AudioFormat.Encoding.PCM_SIGNED)
            && found.getSampleSizeInBits() == 16
            && !found.isBigEndian();
    int rate = Math.round(found.getSampleRate());
    int channels = found.getChannels();
    try {
      if (pcm16) {
        return AudioFormat.of(rate, channels);
      }
    } catch (IllegalArgumentException e) {
      throw new WavException(name + ": " + e.getMessage(), e);
    }
    throw new WavException(
        name
            + ": "
            + found.getEncoding()
            + " with "
            + found.getSampleSizeInBits()
            + " bits ("
            + EXPECTED
            + "; convert it with: ffmpeg -i IN -c:a pcm_s16le OUT.wav)");
  }

  private static WavException failed(InputStream input, WavException cause) {
    closeQuietly(input, cause);
    return cause;
  }

  private static void closeQuietly(InputStream input, Exception cause) {
    try {
      input.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
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
   * How long it is, as its header says.
   *
   * @return nanoseconds, or -1 if the header does not say
   */
  public long durationNanos() {
    return promisedBytes < 0 ? -1 : format.nanosOf(promisedBytes);
  }

  /**
   * The next piece.
   *
   * @param millis how much of it; the last piece may be shorter
   * @return whole samples in a new array, or null at the end
   * @throws WavException if it cannot be read, or ends before its header says
   */
  public byte @Nullable [] next(int millis) throws WavException {
    int samples = Math.max(1, format.sampleRate() * millis / 1000);
    try {
      byte[] pcm = stream.readNBytes(samples * format.bytesPerSample());
      int whole = pcm.length - pcm.length % format.bytesPerSample();
      readBytes += whole;
      if (whole == 0) {
        checkComplete();
        return null;
      }
      return whole == pcm.length ? pcm : Arrays.copyOf(pcm, whole);
    } catch (WavException e) {
      throw e;
    } catch (IOException e) {
      throw new WavException(name + ": cannot be read further (" + e.getMessage() + ")", e);
    }
  }

  private void checkComplete() throws WavException {
    // Programs that write to a pipe leave the greatest length there is in the header.
    boolean unknown = promisedBytes < 0 || promisedBytes >= Integer.MAX_VALUE - 64;
    if (!unknown && readBytes < promisedBytes) {
      throw new WavException(
          name + ": ends after " + readBytes + " of " + promisedBytes + " bytes of audio");
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
