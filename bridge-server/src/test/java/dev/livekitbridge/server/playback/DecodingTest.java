package dev.livekitbridge.server.playback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be played, told by its content and decoded as it comes. */
@NullMarked
class DecodingTest {
  private static final int RATE = Fetched.RATE;

  private final FileServer files = new FileServer();
  private final Fetched fetched = new Fetched("127.0.0.0/8");

  @AfterEach
  void close() {
    fetched.close();
    files.close();
  }

  private static byte[] resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(DecodingTest.class.getResourceAsStream("/audio/" + name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  /** A tone of 1 kHz against all that is not, in the middle half, in dB. */
  private static double snr(short[] samples, double hertz) {
    double sine = 0;
    double cosine = 0;
    double energy = 0;
    int from = samples.length / 4;
    // Whole periods.
    int count = samples.length / 2 / RATE * RATE + (samples.length / 2 % RATE) / 160 * 160;
    for (int i = 0; i < count; i++) {
      double angle = 2 * Math.PI * hertz * i / RATE;
      sine += samples[from + i] * Math.sin(angle);
      cosine += samples[from + i] * Math.cos(angle);
      energy += (double) samples[from + i] * samples[from + i];
    }
    double signal = 2 * (sine * sine + cosine * cosine) / count;
    return 10 * Math.log10(signal / Math.max(1e-9, energy - signal));
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 1, 8, 40",
    "8000, 2, 16, 60",
    "11025, 1, 16, 60",
    "16000, 1, 16, 60",
    "22050, 2, 24, 60",
    "44100, 1, 16, 60",
    "44100, 2, 16, 60",
    "44100, 2, 24, 60",
    "44100, 6, 16, 60",
    "44100, 2, 32, 60",
    "48000, 2, 16, 60",
    "96000, 2, 24, 60",
    "192000, 1, 32, 60",
    "192000, 8, 16, 60"
  })
  void wavOfEveryWidthRateAndNumberOfChannels(int rate, int channels, int bits, double quality) {
    files.file("/a", Wav.pcm(rate, channels, bits).tone(1_000, 0.5, 1_000));
    Fetched.Result result = fetched.all(files.url("/a"));
    assertThat(result.fault()).isNull();
    assertThat(result.samples().length).isEqualTo(RATE);
    assertThat(result.durationNanos()).isEqualTo(1_000_000_000L);
    assertThat(snr(result.samples(), 1_000)).isGreaterThan(quality);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6, 8})
  void wavOfFloatsAndOfTheExtensibleKind(int channels) {
    files
        .file("/float", Wav.floats(44_100, channels).tone(1_000, 0.5, 1_000))
        .file("/ext", Wav.pcm(48_000, channels, 24).extensible().tone(1_000, 0.5, 1_000))
        .file("/extfloat", Wav.floats(48_000, channels).extensible().tone(1_000, 0.5, 1_000));
    for (String path : new String[] {"/float", "/ext", "/extfloat"}) {
      Fetched.Result result = fetched.all(files.url(path));
      assertThat(result.fault()).as(path).isNull();
      assertThat(result.samples().length).as(path).isEqualTo(RATE);
      assertThat(snr(result.samples(), 1_000)).as(path).isGreaterThan(60);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cbr-stereo.mp3",
        "vbr-stereo.mp3",
        "mono-id3.mp3",
        "cbr-no-header.mp3",
        "stereo.flac",
        "stereo.ogg"
      })
  void codedFilesWhateverTheirNameAndTypeSay(String name) {
    byte[] content = resource(name);
    files.on(
        "/song.txt",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/plain");
          exchange.sendResponseHeaders(200, content.length);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write(content);
          }
        });
    Fetched.Result result = fetched.all(files.url("/song.txt"));
    assertThat(result.fault()).isNull();
    assertThat(result.millis()).isBetween(1_990, 2_100);
    assertThat(snr(result.samples(), 1_000)).isGreaterThan(25);
    if (!name.endsWith("ogg")) {
      assertThat(result.durationNanos()).isBetween(1_950_000_000L, 2_150_000_000L);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cbr-stereo.mp3", "cbr-no-header.mp3"})
  void anMp3BehindATagWithALargePicture(String name) {
    byte[] song = resource(name);
    int picture = 3_000_000;
    byte[] tagged = new byte[10 + picture + song.length];
    byte[] tag = {'I', 'D', '3', 4, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < 4; i++) {
      tag[6 + i] = (byte) ((picture >> (21 - 7 * i)) & 0x7f);
    }
    System.arraycopy(tag, 0, tagged, 0, 10);
    System.arraycopy(song, 0, tagged, 10 + picture, song.length);
    files.file("/a", tagged);
    Fetched.Result result = fetched.all(files.url("/a"));
    assertThat(result.fault()).isNull();
    assertThat(result.millis()).isBetween(1_990, 2_100);
    assertThat(result.durationNanos()).isBetween(1_950_000_000L, 2_150_000_000L);
  }

  @Test
  void aFlacIsPlayedWithoutWhatItsHeadSaysBesides() {
    byte[] song = resource("stereo.flac");
    // Comments, 50 million of them, says the block of 12 bytes: an array for the decoder to make.
    byte[] comments = {
      4, 0, 0, 12, 0, 0, 0, 0, (byte) 0x80, (byte) 0xf0, (byte) 0xfa, 2, 0, 0, 0, 0
    };
    byte[] odd = new byte[song.length + comments.length];
    System.arraycopy(song, 0, odd, 0, 42);
    System.arraycopy(comments, 0, odd, 42, comments.length);
    System.arraycopy(song, 42, odd, 42 + comments.length, song.length - 42);
    odd[4] &= 0x7f;
    Fetched.Result result = fetched.all(files.file("/a", odd).url("/a"));
    assertThat(result.fault()).isNull();
    assertThat(result.millis()).isBetween(1_990, 2_100);
    assertThat(result.durationNanos()).isBetween(1_950_000_000L, 2_150_000_000L);
  }

  @Test
  void aWavWhoseWriterDidNotKnowItsLength() {
    files
        .file("/ffmpeg", Wav.pcm(16_000, 1, 16).claiming(0xffff_ffffL).tone(1_000, 0.5, 700))
        .file("/sox", Wav.pcm(16_000, 1, 16).claiming(0x7fff_f000L).tone(1_000, 0.5, 700));
    for (String path : new String[] {"/ffmpeg", "/sox"}) {
      Fetched.Result result = fetched.all(files.url(path));
      assertThat(result.fault()).as(path).isNull();
      assertThat(result.millis()).as(path).isEqualTo(700);
      assertThat(result.durationNanos()).as(path).isEqualTo(Sound.UNKNOWN);
    }
  }

  @Test
  void aFileOfTwoHoursBeginsAtOnceAndIsNotFetchedWhole() {
    byte[] head = Wav.pcm(8_000, 1, 8).claiming(7_200L * 8_000).tone(1_000, 0.5, 10);
    long[] sent = new long[1];
    files.on(
        "/long",
        exchange -> {
          exchange.sendResponseHeaders(200, head.length - 80 + 7_200L * 8_000);
          OutputStream body = exchange.getResponseBody();
          body.write(head);
          byte[] quiet = new byte[8_192];
          while (true) {
            body.write(quiet);
            sent[0] += quiet.length;
          }
        });
    Fetched.Result result = fetched.some(files.url("/long"), RATE);
    assertThat(result.samples().length).isGreaterThanOrEqualTo(RATE);
    assertThat(result.durationNanos()).isEqualTo(7_200_000_000_000L);
    assertThat(sent[0]).as("bytes on their way").isLessThan(20_000_000);
  }
}
