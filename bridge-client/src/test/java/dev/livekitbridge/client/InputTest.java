package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers get wrong is refused at once, with what was expected. */
class InputTest {
  private static final String LONG = "x".repeat(257);

  @Test
  void emptyAndOverlongIds() {
    assertThatThrownBy(() -> SessionRequest.builder(" "))
        .hasMessage("userId: empty (expected: 1 to 256 letters)");
    assertThatThrownBy(() -> SessionRequest.builder(LONG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("userId: 257 characters (expected: at most 256)");
    SessionRequest.Builder request = SessionRequest.builder("u");
    assertThatThrownBy(() -> request.room(LONG)).hasMessageStartingWith("room: 257");
    assertThatThrownBy(() -> request.targetIdentity(LONG))
        .hasMessageStartingWith("targetIdentity: 257");
    assertThatThrownBy(() -> request.identity("")).hasMessageStartingWith("identity: empty");
    assertThatThrownBy(() -> request.ignoreIdentities(List.of("a", "")))
        .hasMessageStartingWith("ignoreIdentities: empty");
    assertThatThrownBy(() -> request.liveKitUrl("u".repeat(3_000)))
        .hasMessageStartingWith("liveKitUrl: 3000");
    assertThatThrownBy(() -> request.resumeKey("hush".repeat(100)))
        .hasMessageStartingWith("resumeKey: 400")
        .hasMessageNotContaining("hush");
    assertThatThrownBy(() -> request.resumeWindow(Duration.ofMillis(-1)))
        .hasMessage("resumeWindow: PT-0.001S (expected: zero or more)");
    assertThatThrownBy(() -> request.resumeWindow(Duration.ofDays(30)))
        .hasMessageStartingWith("resumeWindow: PT720H");
  }

  @Test
  void secretsAreNotShown() {
    SessionRequest request = SessionRequest.builder("u").resumeKey("hush-hush").build();
    assertThat(request.toString()).contains("userId=u", "resumeKey=set").doesNotContain("hush");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:9090",
        "10.0.0.1:1",
        "[::1]:65535",
        "unix:/run/bridge.sock",
        "dns:///bridge.example.com:9090"
      })
  void targets(String target) {
    assertThat(Target.check(target)).isEqualTo(target);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "localhost:0",
        "localhost:65536",
        "localhost:123456",
        "http://localhost:9090",
        "unix:",
        "a b:1"
      })
  void noTargets(String target) {
    assertThatThrownBy(() -> BridgeClient.builder(target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("target: " + target + " (expected: host:port, unix:/path or dns:///host:port)");
  }

  @Test
  void theEnvironmentNamesTheSocketFirst() {
    assertThat(
            Target.fromEnvironment(
                Map.of("LIVEKIT_GRPC_SOCKET", "/s", "LIVEKIT_GRPC_BRIDGE_URL", "h:1")))
        .isEqualTo("unix:/s");
    assertThat(Target.fromEnvironment(Map.of("LIVEKIT_GRPC_BRIDGE_URL", "h:1"))).isEqualTo("h:1");
    assertThatThrownBy(() -> BridgeClient.fromEnvironment(Map.of()))
        .hasMessageContaining("LIVEKIT_GRPC_SOCKET")
        .hasMessageContaining("LIVEKIT_GRPC_BRIDGE_URL");
  }

  @Test
  void optionsOutOfRange() {
    assertThatThrownBy(() -> ReconnectOptions.builder().maxDelay(Duration.ZERO))
        .hasMessage("maxDelay: PT0S (expected: more than zero)");
    assertThatThrownBy(() -> ReconnectOptions.builder().maxConcurrentJoins(0))
        .hasMessage("maxConcurrentJoins: 0 (expected: at least 1)");
    assertThatThrownBy(() -> ReconnectOptions.builder().alertShare(Double.NaN))
        .hasMessageStartingWith("alertShare: NaN");
    assertThatThrownBy(() -> HeartbeatOptions.builder().interval(Duration.ofSeconds(-1)))
        .hasMessageStartingWith("interval: PT-1S");
    assertThatThrownBy(() -> BufferOptions.builder().maxBytes(1_000))
        .hasMessage("maxBytes: 1000 (expected: at least 1048576)");
    assertThatThrownBy(() -> BufferOptions.builder().receiveFrames(0))
        .hasMessageStartingWith("receiveFrames: 0");
  }

  @Test
  void theDefaultsAreThoseOfTheDesign() {
    assertThat(ReconnectOptions.defaults().toString())
        .contains("maxDelay=PT30S", "resetAfter=PT10S", "degradedAfter=PT3S", "Joins=32");
    assertThat(HeartbeatOptions.defaults())
        .hasToString(
            "HeartbeatOptions[interval=PT5S, silence=PT0.6S, pingGrace=PT0.3S,"
                + " probeTimeout=PT0.5S]");
    assertThat(BufferOptions.defaults().toString())
        .contains("maxAge=PT15S", "maxFrames=1500", "maxBytes=1048576", "maxInFlight=PT3S", "=200");
  }

  @Test
  void textOfOthersIsShownWithoutSecretsInOneLine() {
    assertThat(Redact.text("bad token eyJhbGci0.eyJzdWIi.c2ln for key k-1\nline two", "k-1", ""))
        .isEqualTo("bad token *** for key *** line two");
    assertThat(Redact.text("x".repeat(1_000))).hasSize(301).endsWith("…");
  }

  @Test
  void aClosedClientOpensNothing() {
    BridgeClient client = BridgeClient.builder("localhost:1").build();
    client.close();
    assertThatThrownBy(() -> client.open(SessionRequest.builder("u").build()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("user=u");
  }
}
