package dev.livekitbridge.server.playback;

import dev.livekitbridge.server.playback.PlaybackFault.Kind;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/**
 * Decodes a file as it comes, by Java Sound and the providers on the class path: what they can read
 * can be played. Blocks where the download does. Used by one thread at a time.
 */
final class SoundReader {
  private static final int BUFFER = 32 * 1024;
  private static final int MIN_RATE = 8_000;
  private static final int MAX_RATE = 192_000;
  private static final int MAX_CHANNELS = 8;

  private final Download download;
  private final PcmReader pcm;
  private final int sampleRate;
  private final Length length;
  private long read;

  private SoundReader(Download download, PcmReader pcm, int sampleRate, Length length) {
    this.download = download;
    this.pcm = pcm;
    this.sampleRate = sampleRate;
    this.length = length;
  }

  /**
   * Reads the head of a file.
   *
   * @throws IOException a {@link PlaybackException}
   */
  static SoundReader open(Download download) throws IOException {
    try {
      return read(download);
    } catch (PlaybackException e) {
      throw e;
    } catch (UnsupportedAudioFileException | IOException | RuntimeException e) {
      download.check();
      throw fault(download.from(), e);
    }
  }

  private static SoundReader read(Download download)
      throws IOException, UnsupportedAudioFileException {
    MediaUrl from = download.from();
    InputStream in = new BufferedInputStream(download, BUFFER);
    long skipped = ContentCheck.check(in, from);
    byte[] first = ContentCheck.head(in);
    if (FlacHead.is(first)) {
      in = new BufferedInputStream(FlacHead.bare(in, from), BUFFER);
    } else if (VorbisStream.is(first)) {
      in = new BufferedInputStream(new VorbisStream(in, download), BUFFER);
    }
    byte[] head = ContentCheck.head(in);
    AudioInputStream encoded = AudioSystem.getAudioInputStream(in);
    AudioFormat format = encoded.getFormat();
    check(format, from);
    AudioInputStream decoded = PcmReader.reads(format) ? encoded : decode(encoded, from);
    Length length =
        decoded == encoded
            ? Length.ofPcm(encoded)
            : Length.ofCoded(format, head, Math.max(Download.UNKNOWN, download.length() - skipped));
    int rate = Math.round(decoded.getFormat().getSampleRate());
    return new SoundReader(download, PcmReader.of(decoded, decoded.getFormat()), rate, length);
  }

  private static PlaybackException fault(MediaUrl from, Exception cause) {
    if (cause instanceof EOFException) {
      return ContentCheck.unsupported(from, "ends within its head: it is no whole audio file");
    }
    // An IOException: a provider looked for its format further than the stream can be put back.
    return cause instanceof RuntimeException
        ? broken(from, cause)
        : ContentCheck.unsupported(
            from,
            "is of no format that this bridge plays (WAV, MP3, FLAC, Ogg Vorbis, and what providers add)");
  }

  int sampleRate() {
    return sampleRate;
  }

  /** As its head says, in nanoseconds, or {@link Sound#UNKNOWN}. */
  long durationNanos() {
    return length.nanos();
  }

  /**
   * Reads some of it.
   *
   * @param into takes {@link PcmReader#most} samples
   * @return how many, at least one; -1 at the end
   * @throws IOException a {@link PlaybackException}
   */
  int read(float[] into) throws IOException {
    try {
      int got = pcm.read(into);
      if (got < 0) {
        download.check();
        if (length.missing(read, sampleRate)) {
          throw truncated();
        }
      }
      read += Math.max(0, got);
      return got;
    } catch (PlaybackException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      download.check();
      throw e instanceof EOFException ? truncated() : broken(download.from(), e);
    }
  }

  private PlaybackException truncated() {
    return new PlaybackException(
        Kind.TRUNCATED,
        download.from()
            + " is truncated: its head says "
            + seconds(length.nanos() / 1e9)
            + " s of sound, it has "
            + seconds((double) read / sampleRate)
            + " s");
  }

  private static String seconds(double value) {
    return String.valueOf(Math.round(10 * value) / 10.0);
  }

  private static PlaybackException broken(MediaUrl from, Exception cause) {
    return new PlaybackException(
        Kind.BROKEN, from + " cannot be decoded: " + HttpFetcher.name(cause));
  }

  private static void check(AudioFormat format, MediaUrl from) throws PlaybackException {
    float rate = format.getSampleRate();
    if (!(rate >= MIN_RATE && rate <= MAX_RATE)) {
      throw ContentCheck.unsupported(
          from, "has a sample rate of " + rate + " Hz (expected: 8000 to 192000)");
    }
    int channels = format.getChannels();
    if (channels < 1 || channels > MAX_CHANNELS) {
      throw ContentCheck.unsupported(from, "has " + channels + " channels (expected: 1 to 8)");
    }
  }

  private static AudioInputStream decode(AudioInputStream encoded, MediaUrl from)
      throws PlaybackException {
    AudioFormat format = encoded.getFormat();
    AudioFormat wanted =
        new AudioFormat(format.getSampleRate(), 16, format.getChannels(), true, false);
    if (!AudioSystem.isConversionSupported(wanted, format)) {
      throw ContentCheck.unsupported(
          from, "has audio of kind " + format.getEncoding() + ", for which there is no decoder");
    }
    return AudioSystem.getAudioInputStream(wanted, encoded);
  }
}
