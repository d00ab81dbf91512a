package dev.livekitbridge.core.audio;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatConverterTest {
  private static final AudioFormat STEREO_16K = new AudioFormat(16_000, 2);

  @Test
  void sameFormatPassesTheFrameItself() {
    AudioFrame frame = AudioFrame.copyOf(new byte[640], 5);
    FormatConverter converter = FormatConverter.create(AudioFormat.VOICE, AudioFormat.VOICE);
    assertThat(converter.convert(frame)).isSameAs(frame);
    assertThat(converter.flush()).isNull();
    assertThat(converter.delayNanos()).isZero();
  }

  @Test
  void keepsTrackTimeSequenceAndSource() {
    AudioFormat from = new AudioFormat(48_000, 1);
    AudioFrame frame =
        AudioFrame.received(
            ByteString.copyFrom(new byte[1920]), from, TrackId.TTS, 1234, 56, "alice");
    AudioFrame converted =
        requireNonNull(FormatConverter.create(from, AudioFormat.VOICE).convert(frame));
    assertThat(converted.format()).isEqualTo(AudioFormat.VOICE);
    assertThat(converted.size()).isEqualTo(640);
    assertThat(converted.track()).isEqualTo(TrackId.TTS);
    assertThat(converted.timestampMillis()).isEqualTo(1234);
    assertThat(converted.sequence()).isEqualTo(56);
    assertThat(converted.source()).isEqualTo("alice");
  }

  @Test
  void twoChannelsBecomeTheirMeanWithoutClipping() {
    FormatConverter converter = FormatConverter.create(STEREO_16K, AudioFormat.VOICE);
    short[] stereo = {32767, 32767, -32768, -32768, 32767, -32768, 100, 200, 1, 0};
    assertThat(Pcm.convert(converter, stereo, 5)).containsExactly(32767, -32768, 0, 150, 0);
  }

  @Test
  void oneChannelBecomesTwoAlike() {
    FormatConverter converter = FormatConverter.create(AudioFormat.VOICE, STEREO_16K);
    assertThat(Pcm.convert(converter, new short[] {7, -8}, 2)).containsExactly(7, 7, -8, -8);
  }

  @ParameterizedTest
  @CsvSource({
    "44100, 16000",
    "48000, 16000",
    "16000, 48000",
    "8000, 16000",
    "16000, 8000",
    "16000, 44100",
    "22050, 16000",
    "11025, 48000",
    "47999, 16000",
    "8001, 47999"
  })
  void aToneStaysATone(int from, int to) {
    FormatConverter converter = FormatConverter.create(mono(from), mono(to));
    short[] tone = Pcm.tone(1_000, from, from, 0.8);
    short[] converted = Pcm.convert(converter, tone, from / 50);
    assertThat(Pcm.snrDb(converted, to, 1_000)).isGreaterThan(70);
    assertThat(Pcm.rms(converted) / Pcm.rms(tone)).isEqualTo(1, within(0.001));
  }

  @Test
  void stereoStaysStereo() {
    short[] left = Pcm.tone(1_000, 48_000, 48_000, 0.8);
    short[] right = Pcm.tone(400, 48_000, 48_000, 0.5);
    short[] both = new short[96_000];
    for (int i = 0; i < left.length; i++) {
      both[2 * i] = left[i];
      both[2 * i + 1] = right[i];
    }
    short[] converted =
        Pcm.convert(FormatConverter.create(new AudioFormat(48_000, 2), STEREO_16K), both, 960);
    assertThat(Pcm.snrDb(Pcm.channel(converted, 0, 2), 16_000, 1_000)).isGreaterThan(70);
    assertThat(Pcm.snrDb(Pcm.channel(converted, 1, 2), 16_000, 400)).isGreaterThan(70);
  }

  @ParameterizedTest
  @CsvSource({"48000, 16000, 10000", "44100, 16000, 9000", "16000, 8000, 5000"})
  void whatTheLowerRateCannotHoldDoesNotComeBackAsSomethingElse(int from, int to, int hertz) {
    short[] tone = Pcm.tone(hertz, from, from, 0.8);
    short[] converted = Pcm.convert(FormatConverter.create(mono(from), mono(to)), tone, from / 50);
    assertThat(Pcm.db(Pcm.rms(converted) / Pcm.rms(tone))).isLessThan(-70);
  }

  @ParameterizedTest
  @CsvSource({"8000, 16000, 3000, 5000", "16000, 48000, 6000, 10000"})
  void aHigherRateGetsNoMirrorImage(int from, int to, int hertz, int image) {
    short[] tone = Pcm.tone(hertz, from, from, 0.8);
    short[] converted = Pcm.convert(FormatConverter.create(mono(from), mono(to)), tone, from / 50);
    assertThat(Pcm.db(Pcm.amplitude(converted, to, image) / Pcm.amplitude(converted, to, hertz)))
        .isLessThan(-70);
  }

  @ParameterizedTest
  @CsvSource({"48000, 16000", "44100, 16000", "16000, 48000", "8000, 16000", "47999, 16000"})
  void piecesGiveExactlyWhatTheWholeGives(int from, int to) {
    short[] noise = Pcm.noise(new Random(1), from / 2);
    short[] whole = Pcm.convert(FormatConverter.create(mono(from), mono(to)), noise, noise.length);
    assertThat(Pcm.convert(FormatConverter.create(mono(from), mono(to)), noise, from / 50))
        .isEqualTo(whole);
    assertThat(Pcm.convert(FormatConverter.create(mono(from), mono(to)), noise, 1))
        .isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource({
    "48000, 16000, 960, 320",
    "44100, 16000, 882, 320",
    "16000, 48000, 320, 960",
    "8000, 16000, 160, 320",
    "16000, 44100, 320, 882"
  })
  void everyFrameOf20MillisStaysOneOf20Millis(int from, int to, int in, int out) {
    FormatConverter converter = FormatConverter.create(mono(from), mono(to));
    for (int i = 0; i < 100; i++) {
      AudioFrame converted =
          requireNonNull(converter.convert(Pcm.frame(new short[in], mono(from))));
      assertThat(converted.size()).isEqualTo(2 * out);
    }
  }

  @ParameterizedTest
  @CsvSource({"48000, 16000", "44100, 16000", "16000, 48000", "8000, 16000", "48000, 8000"})
  void nothingIsMissingAtTheEndAndTheDelayIsAsTold(int from, int to) {
    FormatConverter converter = FormatConverter.create(mono(from), mono(to));
    short[] click = new short[from / 10];
    click[0] = 20_000;
    click[click.length - 1] = 20_000;
    short[] converted = Pcm.convert(converter, click, from / 50);

    double delay = converter.delayNanos() / 1e9;
    assertThat(delay).isBetween(0.0, 0.003);
    double lastAt = delay * to + (click.length - 1) * (double) to / from;
    assertThat((double) Pcm.peak(converted, 0, converted.length / 2))
        .isEqualTo(delay * to, within(1.0));
    assertThat((double) Pcm.peak(converted, converted.length / 2, converted.length))
        .isEqualTo(lastAt, within(1.0));
    assertThat((double) converted.length).isEqualTo((0.1 + delay) * to, within(1.0));
  }

  @Test
  void aFrameTooShortForASampleIsKeptForTheNext() {
    FormatConverter converter = FormatConverter.create(mono(48_000), mono(16_000));
    assertThat(converter.convert(Pcm.frame(new short[1], mono(48_000)))).isNotNull();
    assertThat(converter.convert(Pcm.frame(new short[1], mono(48_000)))).isNull();
    assertThat(converter.convert(Pcm.frame(new short[1], mono(48_000)))).isNull();
    assertThat(converter.convert(Pcm.frame(new short[1], mono(48_000)))).isNotNull();
  }

  @Test
  void flushBeginsANewStream() {
    FormatConverter converter = FormatConverter.create(mono(48_000), mono(16_000));
    short[] noise = Pcm.noise(new Random(2), 4_800);
    short[] first = Pcm.convert(converter, noise, 960);
    assertThat(converter.flush()).isNull();
    assertThat(Pcm.convert(converter, noise, 960)).isEqualTo(first);
  }

  @Test
  void loudSoundIsLimitedNotWrapped() {
    short[] square = new short[48_000];
    for (int i = 0; i < square.length; i++) {
      square[i] = (i / 240) % 2 == 0 ? Short.MAX_VALUE : Short.MIN_VALUE;
    }
    short[] converted =
        Pcm.convert(FormatConverter.create(mono(48_000), mono(16_000)), square, 960);
    for (int i = 40; i < 16_000; i++) {
      if (i % 80 == 64) {
        // The middle of a half wave, with the delay of 24 samples: far from zero.
        assertThat(Math.abs(converted[i])).isGreaterThan((short) 30_000);
        assertThat(converted[i] > 0).isEqualTo((i / 80) % 2 == 0);
      }
    }
  }

  @Test
  void refusesAnotherFormatAndWhatWouldBecomeTooLong() {
    FormatConverter converter = FormatConverter.create(mono(8_000), mono(48_000));
    assertThatThrownBy(() -> converter.convert(AudioFrame.copyOf(new byte[2], 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sampleRate=16000")
        .hasMessageContaining("expected: AudioFormat[sampleRate=8000");
    assertThatThrownBy(() -> converter.convert(Pcm.frame(new short[500_000], mono(8_000))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 1048576");
  }

  private static AudioFormat mono(int rate) {
    return new AudioFormat(rate, 1);
  }
}
