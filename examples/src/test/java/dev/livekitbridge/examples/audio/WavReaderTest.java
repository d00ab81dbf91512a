package dev.livekitbridge.examples.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WavReaderTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"8000, 1", "16000, 1", "44100, 2", "48000, 2"})
  void readsWhatTheWriterWrote(int rate, int channels) throws IOException {
    AudioFormat format = AudioFormat.of(rate, channels);
    byte[] pcm = new byte[rate / 10 * format.bytesPerSample()];
    for (int i = 0; i < pcm.length; i++) {
      pcm[i] = (byte) (i * 7);
    }
    Path file = directory.resolve("a.wav");
    try (WavWriter writer = new WavWriter(file, format)) {
      writer.write(AudioFrame.copyOf(pcm, format, TrackId.SPEAKER, 0));
      assertThat(Duration.ofNanos(writer.durationNanos())).isEqualTo(Duration.ofMillis(100));
    }

    try (WavReader reader = WavReader.open(file)) {
      assertThat(reader.format()).isEqualTo(format);
      assertThat(Duration.ofNanos(reader.durationNanos())).isEqualTo(Duration.ofMillis(100));
      byte[] first = Objects.requireNonNull(reader.next(60));
      byte[] second = Objects.requireNonNull(reader.next(60));
      assertThat(first).isEqualTo(Arrays.copyOf(pcm, first.length));
      assertThat(second).isEqualTo(Arrays.copyOfRange(pcm, first.length, pcm.length));
      assertThat(reader.next(60)).isNull();
    }
  }

  @Test
  void aFileThatStillGrowsCanBeRead() throws IOException {
    Path file = directory.resolve("growing.wav");
    try (WavWriter writer = new WavWriter(file, AudioFormat.VOICE)) {
      writer.write(AudioFrame.copyOf(new byte[640], 0));
      writer.flush();
      writer.write(AudioFrame.copyOf(new byte[640], 0));

      try (WavReader reader = WavReader.open(file)) {
        assertThat(reader.next(1000)).hasSize(640);
      }
    }
  }

  @Test
  void theSpeechOfTheDemoIsThere() throws IOException {
    try (WavReader reader =
        WavReader.of(
            "speech",
            Objects.requireNonNull(getClass().getResourceAsStream("/speech-16k-mono.wav")))) {
      assertThat(reader.format()).isEqualTo(AudioFormat.VOICE);
      assertThat(Duration.ofNanos(reader.durationNanos())).isGreaterThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> WavReader.open(directory.resolve("none.wav")))
        .isInstanceOf(WavException.class)
        .hasMessageContaining("none.wav: no such file");
  }

  @Test
  void aDirectoryIsNoFile() {
    assertThatThrownBy(() -> WavReader.open(directory))
        .isInstanceOf(WavException.class)
        .hasMessageEndingWith("not a file");
  }

  @Test
  void anotherKindOfFileIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("song.mp3"), "ID3 this is no WAV file at all");

    assertThatThrownBy(() -> WavReader.open(file))
        .isInstanceOf(WavException.class)
        .hasMessageContaining("song.mp3: not a WAV file");
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("empty.wav"));

    assertThatThrownBy(() -> WavReader.open(file))
        .isInstanceOf(WavException.class)
        .hasMessageContaining("empty.wav");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 8, 16000, 1, 8 bits",
    "1, 24, 16000, 1, 24 bits",
    "3, 32, 16000, 1, PCM_FLOAT",
    "1, 16, 4000, 1, sample_rate: 4000",
    "1, 16, 96000, 1, sample_rate: 96000",
    "1, 16, 16000, 6, channels: 6",
  })
  void aFormatThatWeDoNotTakeIsNamed(int code, int bits, int rate, int channels, String expected)
      throws IOException {
    Path file = directory.resolve("other.wav");
    Files.write(file, wav(code, bits, rate, channels, 960, 960));

    assertThatThrownBy(() -> WavReader.open(file))
        .isInstanceOf(WavException.class)
        .hasMessageContaining("other.wav")
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "16000, 0"})
  void anAbsurdHeaderIsRefused(int rate, int channels) throws IOException {
    Path file = directory.resolve("absurd.wav");
    Files.write(file, wav(1, 16, rate, channels, 960, 960));

    assertThatThrownBy(() -> WavReader.open(file))
        .isInstanceOf(WavException.class)
        .hasMessageContaining("absurd.wav");
  }

  @Test
  void aFileThatEndsEarlyIsToldAfterWhatItHolds() throws IOException {
    Path file = directory.resolve("cut.wav");
    Files.write(file, wav(1, 16, 16_000, 1, 64_000, 640));

    try (WavReader reader = WavReader.open(file)) {
      assertThat(reader.next(20)).hasSize(640);
      assertThatThrownBy(() -> reader.next(20))
          .isInstanceOf(WavException.class)
          .hasMessageContaining("ends after 640 of 64000 bytes");
    }
  }

  private static byte[] wav(
      int code, int bits, int rate, int channels, int promisedBytes, int actualBytes) {
    int bytesPerSample = bits / 8 * channels;
    return ByteBuffer.allocate(44 + actualBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt(36 + promisedBytes)
        .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
        .putInt(16)
        .putShort((short) code)
        .putShort((short) channels)
        .putInt(rate)
        .putInt(rate * bytesPerSample)
        .putShort((short) bytesPerSample)
        .putShort((short) bits)
        .put("data".getBytes(StandardCharsets.US_ASCII))
        .putInt(promisedBytes)
        .array();
  }
}
