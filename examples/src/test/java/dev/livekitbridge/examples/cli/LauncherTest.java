package dev.livekitbridge.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher, in a copy of the project's outline with a Java and a Maven that only take notes.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a bash script")
class LauncherTest {
  @TempDir private Path temp;

  private Path project;
  private Path notes;

  /** What a run left. */
  private record Run(int exitCode, String output) {}

  @BeforeEach
  void copyTheOutline() throws IOException {
    project = Files.createDirectories(temp.resolve("my work/the bridge"));
    notes = temp.resolve("notes");
    Files.createFile(project.resolve("pom.xml"));
    for (String module :
        List.of("proto", "bridge-core", "bridge-client", "bridge-server", "examples")) {
      Path source = Files.createDirectories(project.resolve(module).resolve("src/main"));
      Files.createFile(source.resolve("A.java"));
      Files.createFile(project.resolve(module).resolve("pom.xml"));
    }
    Files.copy(Path.of("bridge").toAbsolutePath(), project.resolve("examples/bridge"));
    fakeJava("17.0.99");
    program(
        "tools/mvn",
        "echo mvn >>'" + notes + "'; mkdir -p examples/target/lib;",
        "touch examples/target/bridge-examples-1.jar");
  }

  private void fakeJava(String version) throws IOException {
    // Writes the list of classes and the archive where it is asked to, as a JVM does.
    program(
        "jdk/bin/java",
        "dump=; for a; do case $a in -Xshare:dump) dump=yes;;"
            + " -XX:DumpLoadedClassList=*) echo a.Class >\"${a#*=}\"; exit;;"
            + " -XX:SharedClassListFile=*) [ -s \"${a#*=}\" ] || exit 1;;"
            + " -XX:SharedArchiveFile=*) [ -z \"$dump\" ] || { touch \"${a#*=}\"; exit; };;"
            + " esac; done;",
        "echo java >>'" + notes + "'; printf '<%s>' \"$@\"; exit 42");
    program("jdk/bin/javac", "exit 0");
    Files.writeString(temp.resolve("jdk/release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  private Path program(String name, String... body) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", body) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  private Run launch(Map<String, String> environment, String... args) throws Exception {
    return launchBy(project.resolve("examples/bridge"), environment, args);
  }

  private Run launchBy(Path launcher, Map<String, String> environment, String... args)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", launcher.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(temp.toFile());
    builder.environment().put("JAVA_HOME", temp.resolve("jdk").toString());
    builder.environment().put("MAVEN", temp.resolve("tools/mvn").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), output);
  }

  private Run launch(String... args) throws Exception {
    return launch(Map.of(), args);
  }

  private List<String> notes() throws IOException {
    return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
  }

  @Test
  void buildsOnceAndPassesArgumentsAndExitCodeOn() throws Exception {
    Run first = launch("send", "my file.wav");

    assertThat(first.output()).contains("Building the bridge").contains("<send><my file.wav>");
    assertThat(first.exitCode()).isEqualTo(42);

    Run second = launch("status");

    assertThat(second.output()).doesNotContain("uilding").contains("-XX:SharedArchiveFile=");
    assertThat(notes()).containsExactly("mvn", "java", "java");
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    launch("status");
    Path source = project.resolve("bridge-core/src/main/A.java");
    Files.setLastModifiedTime(
        source,
        FileTime.fromMillis(
            Files.getLastModifiedTime(source).toMillis() + Duration.ofHours(1).toMillis()));

    assertThat(launch("status").output()).contains("Rebuilding the bridge (sources changed)");
    assertThat(launch(Map.of("BRIDGE_NO_BUILD", "1"), "status").output())
        .doesNotContain("uilding the bridge");
  }

  @Test
  void worksThroughASymbolicLink() throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("b"), project.resolve("examples/bridge"));

    assertThat(launchBy(link, Map.of(), "status").exitCode()).isEqualTo(42);
  }

  @Test
  void anOldJavaIsToldWhichOneIsNeeded() throws Exception {
    fakeJava("11.0.2");

    Run run = launch("status");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.output()).contains("is Java 11.0.2, but 17 or newer is needed");
    fakeJava("1.8.0_312");
    assertThat(launch("status").output()).contains("is Java 1.8.0_312, but 17 or newer");
  }

  @Test
  void aWrongJavaHomeIsNamed() throws Exception {
    Run run = launch(Map.of("JAVA_HOME", temp + "/nowhere"), "status");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.output()).contains("JAVA_HOME is " + temp + "/nowhere");
  }

  @Test
  void withoutMavenItSaysWhatToInstall() throws Exception {
    Run run = launch(Map.of("MAVEN", "no-such-maven"), "status");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.output()).contains("Maven is needed").contains("apt install maven");
  }

  @Test
  void aFailedBuildShowsItsLastLines() throws Exception {
    program("tools/mvn", "echo '[ERROR] cannot find symbol'; exit 1");

    Run run = launch("status");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.output())
        .contains("[ERROR] cannot find symbol")
        .contains("the build failed; all it said is in");
    assertThat(notes()).isEmpty();
  }

  @Test
  void anArchiveThatCannotBeMadeOnlyCostsSpeed() throws Exception {
    program("jdk/bin/java", "echo java >>'" + notes + "'; printf '<%s>' \"$@\"; exit 42");

    Run run = launch("status");

    assertThat(run.output()).contains("<status>").doesNotContain("SharedArchiveFile");
    assertThat(run.exitCode()).isEqualTo(42);
  }
}
