package dev.livekitbridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AudioFrameTest {
  @Test
  void copiesByDefault() {
    byte[] pcm = {1, 2, 3, 4};
    AudioFrame frame = AudioFrame.copyOf(pcm, 7);
    pcm[0] = 9;
    assertThat(frame.toByteArray()).containsExactly(1, 2, 3, 4);
    assertThat(frame.toSamples()).containsExactly((short) 0x0201, (short) 0x0403);
    assertThat(frame.timestampMillis()).isEqualTo(7);
    assertThat(frame.durationNanos()).isEqualTo(125_000);
  }

  @Test
  void wrapsWithoutCopy() {
    byte[] pcm = {1, 2};
    AudioFrame frame = AudioFrame.wrap(pcm, AudioFormat.VOICE, TrackId.TTS, 0);
    pcm[0] = 9;
    assertThat(frame.toByteArray()).containsExactly(9, 2);
  }

  @Test
  void refusesHalfSamples() {
    assertThatThrownBy(() -> AudioFrame.copyOf(new byte[3], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pcm_data: 3 bytes (expected: a multiple of 2 for PCM16 with 1 channel(s))");
    assertThatThrownBy(
            () -> AudioFrame.copyOf(new byte[6], new AudioFormat(48_000, 2), TrackId.TTS, 0))
        .hasMessageContaining("a multiple of 4");
    assertThatThrownBy(() -> AudioFrame.copyOf(new byte[0], 0)).hasMessageContaining("empty");
    assertThatThrownBy(() -> AudioFrame.copyOf(new byte[AudioFrame.MAX_BYTES + 2], 0))
        .hasMessageContaining("at most 1048576");
  }

  @Test
  void refusesAbsurdFormats() {
    assertThatThrownBy(() -> AudioFormat.of(7_999, 1))
        .hasMessage("sample_rate: 7999 (expected: 8000 to 48000 Hz)");
    assertThatThrownBy(() -> AudioFormat.of(16_000, 3))
        .hasMessage("channels: 3 (expected: 1 or 2)");
    assertThatThrownBy(() -> TrackId.of(-1)).hasMessage("track_id: -1 (expected: 0 or more)");
    assertThat(TrackId.of(7).trackName()).isEqualTo("track_7");
  }
}
