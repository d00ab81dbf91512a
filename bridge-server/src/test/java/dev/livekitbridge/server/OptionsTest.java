package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.livekitbridge.server.playback.PlaybackSettings;
import dev.livekitbridge.server.session.SessionSettings;
import java.time.Duration;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Settings say what is wrong with a value, and arrive where they are used. */
@NullMarked
class OptionsTest {
  @Test
  void badValuesAreNamedWithTheirRange() {
    assertThatThrownBy(() -> BridgeServerOptions.builder().maxTracks(65))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxTracks: 65 (expected: 1 to 64)");
    assertThatThrownBy(() -> BridgeServerOptions.builder().maxSessions(0))
        .hasMessage("maxSessions: 0 (expected: 1 or more)");
    assertThatThrownBy(() -> BridgeServerOptions.builder().sendTimeout(Duration.ZERO))
        .hasMessage("sendTimeout: PT0S (expected: more than 0)");
    assertThatThrownBy(() -> BridgeServerOptions.builder().maxResumeWindow(Duration.ofSeconds(-1)))
        .hasMessage("maxResumeWindow: PT-1S (expected: 0 or more)");
    assertThatThrownBy(() -> AudioOptions.builder().retentionBytes(0))
        .hasMessage("retentionBytes: 0 (expected: 1 or more)");
    assertThatThrownBy(() -> PlaybackOptions.builder().maxPerServer(0))
        .hasMessage("maxPerServer: 0 (expected: 1 or more)");
    assertThatThrownBy(() -> PlaybackOptions.builder().allow("http://a").build())
        .hasMessageStartingWith("allow: http://a (expected: ");
    assertThatThrownBy(() -> TransportOptions.builder().flowControlWindow(1))
        .hasMessage("flowControlWindow: 1 (expected: at least 65535)");
  }

  @Test
  void everyTimeArrivesAtTheSessions() {
    SessionSettings.Times times =
        BridgeServerOptions.builder()
            .joinTimeout(Duration.ofNanos(1))
            .attachTimeout(Duration.ofNanos(2))
            .sendTimeout(Duration.ofNanos(3))
            .inactivityTimeout(Duration.ofNanos(4))
            .inactivityTimeoutWithoutHeartbeat(Duration.ofNanos(5))
            .maxResumeWindow(Duration.ofNanos(6))
            .fenceMemory(Duration.ofNanos(7))
            .build()
            .toSettings()
            .times();
    assertThat(times).isEqualTo(new SessionSettings.Times(1, 2, 3, 4, 5, 6, 7));
  }

  @Test
  void everyLimitOfPlaybacksArrivesAtThem() {
    PlaybackSettings playback =
        BridgeServerOptions.builder()
            .playback(
                PlaybackOptions.builder()
                    .maxPerSession(1)
                    .maxPerServer(2)
                    .firstByteTimeout(Duration.ofNanos(3))
                    .stallTimeout(Duration.ofNanos(4))
                    .maxBytes(5)
                    .maxLength(Duration.ofNanos(6))
                    .build())
            .build()
            .toSettings()
            .playback();
    assertThat(playback).isEqualTo(new PlaybackSettings(playback.allowed(), 1, 2, 3, 4, 5, 6));
  }

  @Test
  void theDefaultsAreThoseOfTheDesign() {
    SessionSettings settings = BridgeServerOptions.defaults().toSettings();
    long second = Duration.ofSeconds(1).toNanos();
    assertThat(settings.times())
        .isEqualTo(
            new SessionSettings.Times(
                10 * second,
                10 * second,
                2 * second,
                30 * second,
                30 * second,
                60 * second,
                600 * second));
    assertThat(settings.limits().maxTracks()).isEqualTo(16);
    assertThat(settings.flow().channel().maxFrames()).isEqualTo(200);
    assertThat(settings.flow().retention().maxFrames()).isEqualTo(1_500);
    assertThat(settings.flow().retention().maxBytes()).isEqualTo(1 << 20);
    assertThat(settings.flow().retention().maxAgeNanos()).isEqualTo(15 * second);
    assertThat(settings.flow().ackFrames()).isEqualTo(10);
    assertThat(settings.flow().aheadNanos()).isEqualTo(4 * second);
  }
}
