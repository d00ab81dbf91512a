package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who joins no LiveKit room pays nothing for them. */
class NothingIsLoadedTest {
  /** What runs in a JVM of its own. */
  public static final class Main {
    /** Has a connector for LiveKit and joins another kind of room. */
    public static void main(String[] args) {
      try (LiveKitRooms liveKit = LiveKitRooms.create();
          MemoryRooms memory = MemoryRooms.create()) {
        RoomListener deaf =
            new RoomListener() {
              @Override
              public void onFrame(AudioFrame frame) {}

              @Override
              public void onParticipants(int count) {}

              @Override
              public void onDisconnected(CloseReason reason, String detail) {}
            };
        RoomJoin join =
            new RoomJoin("memory:r", "r", "u", "", "", AudioInput.DATA_PACKETS, Set.of());
        memory.join(join, deaf).join();
        if (liveKit.schemes().size() != 2) {
          throw new AssertionError();
        }
      }
    }

    private Main() {}
  }

  @Test
  void aJvmWithoutLiveKitRoomsLoadsNoneOfTheEngine() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:stdout",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> loaded;
    try (BufferedReader lines = jvm.inputReader(StandardCharsets.UTF_8)) {
      loaded =
          lines
              .lines()
              .map(line -> line.replaceFirst("^(\\[[^]]*] ?)*", "").split(" ", 2)[0])
              .collect(Collectors.toList());
    }
    assertThat(jvm.waitFor()).isZero();
    assertThat(loaded).contains(LiveKitRooms.class.getName());
    assertThat(loaded)
        .filteredOn(
            name ->
                name.startsWith("org.bouncycastle.")
                    || name.startsWith("io.netty.")
                    || name.startsWith("livekit.")
                    || name.contains("concentus")
                    || name.matches("dev\\.livekitbridge\\.server\\.room\\.livekit\\.[a-z]+\\..*"))
        .isEmpty();
  }
}
