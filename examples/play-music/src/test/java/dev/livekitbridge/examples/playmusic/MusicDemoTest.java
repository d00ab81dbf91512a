package dev.livekitbridge.examples.playmusic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.client.PlaybackResult;
import java.nio.file.Path;
import java.time.Duration;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MusicDemoTest {
  @Test
  void theVoiceIsHeardToItsEndOverTheMusic(@TempDir Path dir) throws Exception {
    Path mix = dir.resolve("mix.wav");
    MusicDemo.Outcome outcome = MusicDemo.run(mix, 2);
    assertThat(outcome.speech())
        .isEqualTo(new PlaybackResult(PlaybackResult.Outcome.COMPLETED, Duration.ofSeconds(2), ""));
    assertThat(outcome.music().outcome()).isEqualTo(PlaybackResult.Outcome.STOPPED);
    assertThat(outcome.music().played()).isGreaterThan(Duration.ofMillis(5_500));
    assertThat(outcome.tracks()).containsExactlyInAnyOrder("tts", "app_audio");
    try (AudioInputStream heard = AudioSystem.getAudioInputStream(mix.toFile())) {
      byte[] pcm = heard.readAllBytes();
      int samples = pcm.length / 2;
      assertThat(samples).isGreaterThan(5 * Ear.RATE);
      // The chords alone, the voice above them and nothing cut off, and the chords alone again.
      assertThat(peak(pcm, 0, 3 * Ear.RATE / 2)).isBetween(2_000, 3_500);
      assertThat(peak(pcm, 0, samples)).isBetween(8_000, 32_000);
      assertThat(peak(pcm, samples - Ear.RATE, samples)).isBetween(1_000, 3_500);
    }
  }

  private static int peak(byte[] pcm, int from, int to) {
    int peak = 0;
    for (int i = from; i < to; i++) {
      peak = Math.max(peak, Math.abs((short) ((pcm[2 * i] & 0xFF) | pcm[2 * i + 1] << 8)));
    }
    return peak;
  }
}
