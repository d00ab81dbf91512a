package dev.livekitbridge.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bridge serve} says when it is told what cannot be; no server starts here. */
class ServeConfigurationTest {
  @TempDir private Path dir;

  private String refused(String... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false);
    assertThat(BridgeCli.commandLine(terminal).execute(args)).isEqualTo(ExitCode.USAGE);
    return err.toString(StandardCharsets.UTF_8);
  }

  private String refusedFile(String content) throws Exception {
    Path file = Files.writeString(dir.resolve("bridge.properties"), content);
    return refused("serve", "--config", file.toString());
  }

  @Test
  void wrongFlagsAndFilesNameWhatIsWrong() throws Exception {
    assertThat(refused("serve", "--port", "x")).contains("port: 'x' from --port", "0 to 65535");
    assertThat(refused("serve", "--allow-rooms", "nowhere"))
        .contains("room URL", "nowhere", "expected");
    assertThat(refusedFile("allow-playback-from = 10.0.0.0/99"))
        .contains("allow-playback-from", "10.0.0.0/99", "bridge.properties");
    assertThat(refusedFile("tls-cert = /x")).contains("tls-key");
    assertThat(refusedFile("tls-client-ca = /x")).contains("tls-client-ca", "tls-cert");
    assertThat(refusedFile("socket = /x\nport = 1")).contains("socket", "port");
  }

  @Test
  void secretsAreRefusedWithoutBeingShown() throws Exception {
    assertThat(refusedFile("auth-token = tooshort"))
        .contains("auth-token", "***", "16")
        .doesNotContain("tooshort");
    assertThat(refusedFile("auth-jwt-secret = tooshort"))
        .contains("auth-jwt-secret", "***", "32")
        .doesNotContain("tooshort");
    assertThat(refusedFile("auth-token = 0123456789abcdef\nauth-tokens-file = /x"))
        .contains("auth-tokens-file", "not together with auth-token")
        .doesNotContain("0123456789abcdef");
    assertThat(refusedFile("auth-jwt-keys-file = /none")).contains("auth-jwt-keys-file", "/none");
  }
}
