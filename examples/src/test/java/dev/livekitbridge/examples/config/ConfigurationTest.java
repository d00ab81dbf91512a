package dev.livekitbridge.examples.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.livekitbridge.server.room.livekit.fuzz.Mutations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
  private static Configuration environment(String name, String value) {
    return Configuration.read(Map.of(), Map.of(name, value), Optional.empty());
  }

  private static void refused(Runnable reading, String... texts) {
    assertThatThrownBy(reading::run)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(texts);
  }

  @Test
  void flagsGoBeforeTheEnvironmentAndThatBeforeAFile(@TempDir Path dir) throws Exception {
    Path file =
        Files.writeString(dir.resolve("c.properties"), "port=1\ndrain=1\nmax-sessions = 1\n# x\n");
    Configuration read =
        Configuration.read(
            Map.of(Settings.PORT, "3"),
            Map.of("PORT", "2", "BRIDGE_DRAIN", "2", "BRIDGE_MAX_SESSIONS", " "),
            Optional.of(file));
    assertThat(read.get(Settings.PORT)).contains(3);
    assertThat(read.get(Settings.DRAIN)).contains(2);
    assertThat(read.get(Settings.MAX_SESSIONS)).contains(1);
    assertThat(read.get(Settings.HOST)).isEmpty();
    assertThat(read.origin(Settings.DRAIN)).contains(Configuration.Origin.ENVIRONMENT);
  }

  @Test
  void aWrongValueNamesKeySourceValueAndWhatWasExpected(@TempDir Path dir) throws Exception {
    refused(
        () -> environment("PORT", "70000"),
        "port",
        "70000",
        "PORT of the environment",
        "a number, 0 to 65535");
    refused(
        () -> Configuration.read(Map.of(Settings.DRAIN, "soon"), Map.of(), Optional.empty()),
        "drain",
        "'soon'",
        "--drain",
        "a number");
    Path file = Files.writeString(dir.resolve("c"), "max-sessions=0");
    refused(
        () -> Configuration.read(Map.of(Settings.MAX_SESSIONS, "5"), Map.of(), Optional.of(file)),
        "max-sessions",
        "'0'",
        file.toString(),
        "1 to 1000000");
    refused(() -> Configuration.ofFile("f", "port="), "port", "f", "expected");
  }

  @Test
  void aNameThatIsNoSettingIsNotOverlooked() {
    refused(
        () -> environment("BRIDGE_AUTH_JWT_SECERT", "x"),
        "BRIDGE_AUTH_JWT_SECERT",
        "BRIDGE_AUTH_JWT_SECRET");
    refused(() -> Configuration.ofFile("f", "prot = 1"), "prot of f", "port");
    refused(() -> Configuration.ofFile("f", "port=1\nport=2"), "port is twice in f");
    refused(
        () -> Configuration.read(Map.of(), Map.of(), Optional.of(Path.of("/none/such"))),
        "/none/such",
        "cannot be read");
    // Of Kubernetes, for a service named "bridge", and of the launcher.
    assertThat(environment("BRIDGE_SERVICE_HOST", "10.0.0.1").toString()).isEmpty();
    assertThat(environment("BRIDGE_PORT", "tcp://10.0.0.1:9090").toString()).isEmpty();
    assertThat(environment("BRIDGE_JAVA_OPTS", "-Xmx1g").toString()).isEmpty();
  }

  @Test
  void secretsAreShownNowhere() {
    Configuration read = environment("BRIDGE_AUTH_TOKEN", "0123456789-the-secret");
    assertThat(read.get(Settings.AUTH_TOKEN)).contains("0123456789-the-secret");
    assertThat(read.toString()).doesNotContain("the-secret").contains("auth-token=***");
    assertThat(read.bad(Settings.AUTH_TOKEN, "another"))
        .message()
        .contains("auth-token", "***")
        .doesNotContain("the-secret");
  }

  @Test
  void anyFileIsReadOrRefusedWithWords() {
    Mutations.run(
        "config", ConfigurationFuzz::fuzzerTestOneInput, ConfigurationFuzz.seeds(), 3_000);
  }

  @Test
  void namesAreUnique() {
    Set<String> names = new HashSet<>();
    for (Setting<?> setting : Settings.all()) {
      assertThat(names.add(setting.key())).as(setting.key()).isTrue();
      assertThat(names.add(setting.env())).as(setting.env()).isTrue();
    }
  }

  @Test
  void theReadmeHasTheTableOfTheCode() throws Exception {
    String readme = Files.readString(Path.of("..", "README.md"));
    assertThat(readme)
        .as("README.md, between its headings; put there what follows:%n%s", Settings.markdown())
        .contains(Settings.markdown());
  }
}
