package dev.livekitbridge.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.examples.security.Authority;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Terminal;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.security.SecurityOptions;
import dev.livekitbridge.server.security.StaticTokens;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools that an engineer is told to use at night, on a bridge that lets not everybody in. */
class GuardedToolsTest {
  private static final String TOKEN = "0123456789abcdef-of-the-engineer";

  @TempDir private Path dir;
  private BridgeServer server;
  private Path authorities;

  @BeforeEach
  void start() throws Exception {
    Authority authority = new Authority("ca");
    Authority.Identity identity = authority.issue("localhost");
    authorities = Files.writeString(dir.resolve("ca.pem"), authority.pem());
    server =
        BridgeServer.builder()
            .host("127.0.0.1")
            .port(0)
            .tls(
                Files.writeString(dir.resolve("cert.pem"), identity.certificatePem()),
                Files.writeString(dir.resolve("key.pem"), identity.keyPem()))
            .security(SecurityOptions.builder().authenticator(StaticTokens.of(TOKEN)).build())
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.close(Duration.ZERO);
  }

  @Test
  void getInWithItsAuthoritiesAndAToken() throws Exception {
    assertThat(run(ExitCode.OK, "status", "--tls-ca", authorities(), "--bearer-file", token(TOKEN)))
        .contains("SERVING");
    assertThat(
            run(
                ExitCode.OK,
                "listen",
                "--tls-ca",
                authorities(),
                "--bearer-file",
                token(TOKEN),
                "--url",
                "memory:standup",
                "--user",
                "anna",
                "--out",
                dir.resolve("heard.wav").toString(),
                "--seconds",
                "1"))
        .contains("CONNECTED");
  }

  @Test
  void sayWhatTheyLack() throws Exception {
    assertThat(run(ExitCode.UNREACHABLE, "status")).contains("--tls-ca");
    assertThat(run(ExitCode.UNREACHABLE, "status", "--tls-ca", authorities()))
        .contains("UNAUTHENTICATED", "--bearer-file");
    String wrong = "another-token-than-that";
    assertThat(
            run(
                ExitCode.UNREACHABLE,
                "status",
                "--tls-ca",
                authorities(),
                "--bearer-file",
                token(wrong)))
        .contains("UNAUTHENTICATED")
        .doesNotContain(wrong);
    assertThat(run(ExitCode.USAGE, "status", "--tls-cert", authorities())).contains("--tls-key");
    assertThat(run(ExitCode.USAGE, "status", "--tls-ca", "/none")).contains("--tls-ca", "/none");
    assertThat(run(ExitCode.USAGE, "status", "-b", "10.0.0.1:9090", "--bearer-file", token(TOKEN)))
        .contains("plain text")
        .doesNotContain(TOKEN);
  }

  private String authorities() {
    return authorities.toString();
  }

  private String token(String token) throws Exception {
    return Files.writeString(dir.resolve("token"), token + "\n").toString();
  }

  private String run(int exitCode, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    List<String> all = new ArrayList<>(List.of(args));
    if (!all.contains("-b")) {
      all.addAll(List.of("--bridge", "localhost:" + server.port()));
    }
    int code =
        BridgeCli.commandLine(new Terminal(stream, stream, false, false))
            .execute(all.toArray(String[]::new));
    String said = out.toString(StandardCharsets.UTF_8);
    assertThat(code).as(said).isEqualTo(exitCode);
    return said;
  }
}
