package dev.livekitbridge.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticTokensTest {
  private static final String TOKEN = "0123456789abcdef";

  private static Caller caller(Authenticator by, String token) throws AuthenticationException {
    return by.authenticate(new CallerCredentials(Optional.of(token), List.of(), "peer"));
  }

  private static boolean takes(Authenticator by, String token) {
    try {
      return caller(by, token) != null;
    } catch (AuthenticationException e) {
      return false;
    }
  }

  @Test
  void knowsItsTokenAndNoOther() throws Exception {
    StaticTokens by = StaticTokens.of(TOKEN);
    assertThat(caller(by, TOKEN).mayActForEveryone()).isTrue();
    assertThat(takes(by, TOKEN + "0")).isFalse();
    assertThat(takes(by, "")).isFalse();
    assertThatThrownBy(
            () -> by.authenticate(new CallerCredentials(Optional.empty(), List.of(), "peer")))
        .isInstanceOf(AuthenticationException.class);
    assertThat(new CallerCredentials(Optional.of(TOKEN), List.of(), "peer").toString())
        .doesNotContain(TOKEN);
  }

  @Test
  void followsItsFile(@TempDir Path dir) throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("tokens"),
            "# who\nsvc " + TOKEN + "\n\nbob bobs-secret-token bob,team/*\n");
    try (StaticTokens by = StaticTokens.ofFile(file, Duration.ofMillis(20))) {
      assertThat(caller(by, TOKEN).name()).isEqualTo("svc");
      Caller bob = caller(by, "bobs-secret-token");
      assertThat(bob.mayActFor("bob")).isTrue();
      assertThat(bob.mayActFor("team/1")).isTrue();
      assertThat(bob.mayActFor("alice")).isFalse();
      Files.writeString(file, "svc fedcba9876543210\n");
      await().until(() -> !takes(by, TOKEN) && takes(by, "fedcba9876543210"));
    }
  }

  @Test
  void badLineIsNamedAndNotQuoted() {
    for (String bad : List.of("", "only-one-word-here", "a b c d", "svc short")) {
      assertThatThrownBy(
              () -> StaticTokens.parse(bad.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .doesNotContain("only-one-word-here")
          .doesNotContain("short");
    }
  }
}
