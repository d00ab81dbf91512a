package dev.livekitbridge.server;

import dev.livekitbridge.server.guard.CallerFuzz;
import dev.livekitbridge.server.playback.SoundFuzz;
import dev.livekitbridge.server.room.livekit.fuzz.Mutations;
import dev.livekitbridge.server.session.ChunkFuzz;
import dev.livekitbridge.server.session.JoinFuzz;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What callers send, changed at random: a short run. The long one is {@code
 * bridge-server/src/test/fuzz.sh}, by Jazzer, over the same targets.
 */
@NullMarked
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFuzzTest {
  @Test
  void chunks() {
    Mutations.run("chunks", ChunkFuzz::fuzzerTestOneInput, ChunkFuzz.seeds(), 1_500);
  }

  @Test
  void joins() {
    Mutations.run("joins", JoinFuzz::fuzzerTestOneInput, JoinFuzz.seeds(), 1_500);
  }

  @Test
  void sounds() {
    Mutations.run("sounds", SoundFuzz::fuzzerTestOneInput, SoundFuzz.seeds(), 300);
  }

  @Test
  void tokensAndUrls() {
    Mutations.run("callers", CallerFuzz::fuzzerTestOneInput, CallerFuzz.seeds(), 5_000);
  }
}
