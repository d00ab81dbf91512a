package dev.livekitbridge.server.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UrlAllowListTest {
  private final UrlAllowList list =
      new UrlAllowList(
          List.of(
              "wss://livekit.example.com",
              "wss://*.cloud.example",
              "ws://10.0.0.5:7880",
              "ws://[::1]:7880",
              "ws://any.port:*",
              "memory:"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wss://livekit.example.com",
        "WSS://LiveKit.Example.COM:443/path?access_token=x",
        "wss://livekit.example.com./",
        "wss://a.b.cloud.example",
        "ws://10.0.0.5:7880",
        "ws://[::1]:7880/rtc",
        "ws://any.port:1",
        "memory:whatever"
      })
  void allowed(String url) {
    assertThat(list.fault(url)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ws://livekit.example.com",
        "wss://livekit.example.com:8443",
        "wss://livekit.example.com.evil.org",
        "wss://evil.org/livekit.example.com",
        "wss://livekit.example.com@evil.org",
        "wss://evil.org#livekit.example.com",
        "wss://evil.org\\@livekit.example.com",
        "wss://cloud.example",
        "wss://xcloud.example",
        "ws://10.0.0.5:7881",
        "ws://0x0a000005:7880",
        "ws://169.254.169.254",
        "roomhost://10.0.0.5:7880/x",
        "wss:livekit.example.com",
        "wss:///livekit.example.com",
        "wss://",
        "",
        "not a url"
      })
  void refused(String url) {
    assertThat(list.fault(url)).isNotNull().doesNotContain("evil", "access_token");
  }

  @Test
  void emptyListAllowsAll() {
    assertThat(new UrlAllowList(List.of()).fault("ws://anywhere")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "livekit",
        "wss://",
        "wss://a/b",
        "wss://u@h",
        "ws://h:x",
        "ws://h:99999",
        "ws://a*b"
      })
  void patternThatMeansNothingIsAClearError(String pattern) {
    assertThatThrownBy(() -> new UrlAllowList(List.of(pattern)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: like");
  }
}
