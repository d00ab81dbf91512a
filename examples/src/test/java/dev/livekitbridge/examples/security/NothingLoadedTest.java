package dev.livekitbridge.examples.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that uses no security loads none of it. */
class NothingLoadedTest {
  @Test
  void noClassOfItsLibrariesIsLoaded(@TempDir Path dir) throws Exception {
    Path classes = dir.resolve("classes.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + classes,
                "-cp",
                System.getProperty("java.class.path"),
                PlainBridge.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("out.log").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(dir.resolve("out.log"))).isZero();
    String loaded = Files.readString(classes);
    assertThat(loaded)
        .contains("dev.livekitbridge.server.BridgeServer ")
        .doesNotContain("com.nimbusds")
        .doesNotContain("io.github.resilience4j.ratelimiter");
  }
}
