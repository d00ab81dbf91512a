package dev.livekitbridge.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.livekitbridge.examples.terminal.Terminal;
import dev.livekitbridge.server.BridgeServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is under {@code deploy}, held against the program and against itself. Neither Docker nor
 * Kubernetes runs here; what is in their files does (the folder that {@code build-image} makes is
 * built and run by {@code .ci/package}).
 */
class DeployFilesTest {
  private static final Path DEPLOY = Path.of("deploy");
  private static final int PORT = BridgeServer.DEFAULT_PORT;
  private static final String PROGRAM = "/opt/bridge/bin/bridge";

  private final YAMLMapper yaml = new YAMLMapper();

  @Test
  void whatTheImageRunsIsUnderstoodAndIsWhereItIsPut() throws IOException {
    String dockerfile = Files.readString(DEPLOY.resolve("Dockerfile"));

    assertThat(words(group(dockerfile, "ENTRYPOINT \\[(.*)]"))).containsExactly(PROGRAM);
    assertParses(words(group(dockerfile, "\nCMD \\[(.*)]")));
    List<String> health = words(group(dockerfile, "HEALTHCHECK [^\\[]*\\[(.*)]"));
    assertThat(health.get(0)).isEqualTo(PROGRAM);
    assertThat(health).contains("localhost:" + PORT);
    assertParses(health.subList(1, health.size()));
    assertThat(group(dockerfile, "EXPOSE (\\d+)")).isEqualTo(Integer.toString(PORT));
    assertThat(group(dockerfile, "ENV PORT=(\\d+)")).isEqualTo(Integer.toString(PORT));
    assertThat(group(dockerfile, "build-image (\\S+)")).isEqualTo("/opt/bridge");
    assertThat(dockerfile).contains("COPY --from=build /opt/bridge /opt/bridge");
    assertThat(group(dockerfile, "USER (\\S+)")).isEqualTo(group(dockerfile, "--uid (\\d+)"));
  }

  @Test
  void composeGivesTheBridgeTheTimeItMayTakeToDrain() throws IOException {
    JsonNode services = read("docker-compose.yml").get(0).path("services");

    assertThat(names(services)).contains("livekit", "bridge");
    JsonNode bridge = services.path("bridge");
    List<String> command = texts(bridge.path("command"));
    assertParses(command);
    assertThat(seconds(bridge.path("stop_grace_period").asText()))
        .isGreaterThan(drainSeconds(command));
    assertThat(DEPLOY.resolve(bridge.path("build").path("context").asText()).resolve("pom.xml"))
        .exists();
  }

  @Test
  void whatComposeMountsIsThere() throws IOException {
    for (JsonNode service : read("docker-compose.yml").get(0).path("services")) {
      for (String volume : texts(service.path("volumes"))) {
        assertThat(DEPLOY.resolve(volume.replaceAll(":.*", ""))).as(volume).isDirectory();
      }
    }
  }

  @Test
  void kubernetesAsksThePortOfTheBridgeAndLetsItDrain() throws IOException {
    ObjectNode byKind = yaml.createObjectNode();
    read("kubernetes/bridge.yaml").forEach(d -> byKind.set(d.path("kind").asText(), d));
    assertThat(names(byKind))
        .containsExactlyInAnyOrder("Service", "PodDisruptionBudget", "Deployment");

    JsonNode deployment = byKind.path("Deployment").path("spec");
    JsonNode pod = deployment.path("template").path("spec");
    JsonNode container = pod.path("containers").get(0);
    List<String> args = texts(container.path("args"));
    assertParses(args);
    assertThat(args).containsSubsequence("--port", Integer.toString(PORT));
    assertThat(container.at("/ports/0/containerPort").asInt()).isEqualTo(PORT);
    assertThat(container.at("/startupProbe/grpc/port").asInt()).isEqualTo(PORT);
    assertThat(container.at("/readinessProbe/grpc/port").asInt()).isEqualTo(PORT);
    assertThat(container.at("/livenessProbe/grpc").isMissingNode())
        .as("a bridge that drains is not to be killed for it")
        .isTrue();

    int preStop = container.at("/lifecycle/preStop/exec/command/1").asInt();
    assertThat(preStop).isPositive();
    assertThat(pod.path("terminationGracePeriodSeconds").asInt())
        .isGreaterThan(preStop + drainSeconds(args));

    JsonNode labels = deployment.at("/template/metadata/labels");
    assertThat(deployment.at("/selector/matchLabels")).isEqualTo(labels);
    assertThat(byKind.path("PodDisruptionBudget").at("/spec/selector/matchLabels"))
        .isEqualTo(labels);
    JsonNode service = byKind.path("Service").path("spec");
    assertThat(service.path("selector")).isEqualTo(labels);
    assertThat(service.path("clusterIP").asText()).as("headless").isEqualTo("None");
    assertThat(service.at("/ports/0/port").asInt()).isEqualTo(PORT);
    assertThat(service.at("/ports/0/targetPort").asText())
        .isEqualTo(container.at("/ports/0/name").asText());

    String dockerfile = Files.readString(DEPLOY.resolve("Dockerfile"));
    assertThat(pod.at("/securityContext/runAsUser").asText())
        .isEqualTo(group(dockerfile, "USER (\\d+)"));
    for (JsonNode resource : read("kubernetes/kustomization.yaml").get(0).path("resources")) {
      assertThat(DEPLOY.resolve("kubernetes").resolve(resource.asText())).isRegularFile();
    }
  }

  @Test
  void theUnitIsUnderstoodBySystemdAndTheProgram(@TempDir Path temp) throws Exception {
    String unit = Files.readString(DEPLOY.resolve("systemd/livekit-bridge.service"));
    List<String> start = List.of(group(unit, "ExecStart=(.*)").split(" ", -1));

    assertThat(start.get(0)).isEqualTo(PROGRAM);
    assertParses(start.subList(1, start.size()));
    assertThat(Integer.parseInt(group(unit, "TimeoutStopSec=(\\d+)")))
        .isGreaterThan(drainSeconds(start));
    assertThat(group(unit, "SuccessExitStatus=(\\d+)")).isEqualTo("143");

    assumeThat(Files.isExecutable(Path.of("/usr/bin/systemd-analyze"))).isTrue();
    // It wants the program to be there.
    Path copy = temp.resolve("livekit-bridge.service");
    Files.writeString(copy, unit.replace(PROGRAM, "/bin/true"));
    Process verify =
        new ProcessBuilder("systemd-analyze", "verify", copy.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(verify.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(said).doesNotContain("livekit-bridge.service:");
    assertThat(verify.exitValue()).as(said).isZero();
  }

  private List<JsonNode> read(String name) throws IOException {
    try (var parser = new YAMLFactory().createParser(DEPLOY.resolve(name).toFile())) {
      return yaml.readValues(parser, JsonNode.class).readAll();
    }
  }

  private static void assertParses(List<String> arguments) {
    assertThatCode(
            () ->
                BridgeCli.commandLine(Terminal.system())
                    .parseArgs(arguments.toArray(String[]::new)))
        .as("%s", arguments)
        .doesNotThrowAnyException();
  }

  private static int drainSeconds(List<String> command) {
    return Integer.parseInt(command.get(command.indexOf("--drain") + 1)) / 1_000;
  }

  private static int seconds(String duration) {
    assertThat(duration).endsWith("s");
    return Integer.parseInt(duration.replace("s", ""));
  }

  private static List<String> names(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(node -> texts.add(node.asText()));
    return texts;
  }

  private static List<String> words(String jsonArray) {
    List<String> words = new ArrayList<>();
    Matcher matcher = Pattern.compile("\"([^\"]*)\"").matcher(jsonArray);
    while (matcher.find()) {
      words.add(matcher.group(1));
    }
    return words;
  }

  private static String group(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }
}
