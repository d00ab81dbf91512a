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
    assertThat(outcome.music().played()).isGreaterThan(Duration.ofSeconds(3));
    assertThat(outcome.tracks()).containsExactlyInAnyOrder("tts", "app_audio");
    try (AudioInputStream heard = AudioSystem.getAudioInputStream(mix.toFile())) {
      assertThat(heard.getFrameLength()).isGreaterThan(3L * Ear.RATE);
      byte[] pcm = heard.readAllBytes();
      int loudest = 0;
      for (int i = 0; i + 1 < pcm.length; i += 2) {
        loudest = Math.max(loudest, Math.abs((short) ((pcm[i] & 0xFF) | pcm[i + 1] << 8)));
      }
      assertThat(loudest).isGreaterThan(2_000);
    }
  }
}
