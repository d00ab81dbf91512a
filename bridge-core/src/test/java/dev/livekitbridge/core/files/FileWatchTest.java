package dev.livekitbridge.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.helpers.NOPLogger;

class FileWatchTest {
  @TempDir private Path dir;
  private Path a;
  private Path b;
  private final FileWatch watch =
      new FileWatch(Executors.defaultThreadFactory(), Duration.ofHours(1), NOPLogger.NOP_LOGGER);

  @BeforeEach
  void write() throws IOException {
    a = Files.writeString(dir.resolve("a"), "1");
    b = Files.writeString(dir.resolve("b"), "1");
  }

  @AfterEach
  void close() {
    watch.close();
  }

  private Supplier<String> pair() {
    return watch.value(
        "a pair",
        List.of(a, b),
        contents -> {
          String first = new String(contents.get(0), StandardCharsets.UTF_8);
          String second = new String(contents.get(1), StandardCharsets.UTF_8);
          if (!first.equals(second)) {
            throw new IllegalArgumentException("they do not belong together");
          }
          return first;
        });
  }

  @Test
  void followsContentWhateverTheTimeOfTheFile() throws IOException {
    Supplier<String> value = pair();
    FileTime time = Files.getLastModifiedTime(a);
    Files.writeString(a, "2");
    Files.writeString(b, "2");
    Files.setLastModifiedTime(a, time);
    Files.setLastModifiedTime(b, time);
    assertThat(value.get()).isEqualTo("1");
    watch.look();
    assertThat(value.get()).isEqualTo("2");
  }

  @Test
  void keepsWhatWasInForceWhileFilesCannotBeUsed() throws IOException {
    Supplier<String> value = pair();
    Files.writeString(a, "2");
    watch.look();
    assertThat(value.get()).as("half of it replaced").isEqualTo("1");
    Files.delete(a);
    watch.look();
    assertThat(value.get()).as("gone").isEqualTo("1");
    Files.writeString(a, "2");
    Files.writeString(b, "2");
    watch.look();
    assertThat(value.get()).isEqualTo("2");
  }

  @Test
  void saysWhatCannotBeLoadedAtFirstAndQuotesNothingOfIt() throws IOException {
    Files.writeString(a, "a secret");
    assertThatThrownBy(this::pair)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("a pair", a.toString(), "do not belong together")
        .message()
        .doesNotContain("a secret");
    Files.delete(a);
    assertThatThrownBy(this::pair).hasMessageContainingAll(a.toString(), "NoSuchFile");
    Files.writeString(a, "x".repeat(1 << 21));
    assertThatThrownBy(this::pair).hasMessageContaining("1 MiB");
  }
}
