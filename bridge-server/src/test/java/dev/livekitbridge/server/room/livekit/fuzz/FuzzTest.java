package dev.livekitbridge.server.room.livekit.fuzz;

import dev.livekitbridge.server.room.livekit.dtls.RecordsFuzz;
import dev.livekitbridge.server.room.livekit.ice.IceFuzz;
import dev.livekitbridge.server.room.livekit.rtp.RtpFuzz;
import dev.livekitbridge.server.room.livekit.sctp.SctpFuzz;
import dev.livekitbridge.server.room.livekit.sdp.SdpFuzz;
import dev.livekitbridge.server.room.livekit.signal.SignalFuzz;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No input may throw out of a machine, make it loop or grow its memory: a short run over changed
 * seeds. The long one is {@code bridge-server/src/test/fuzz.sh}, by Jazzer, over the same targets.
 */
class FuzzTest {
  static Stream<Arguments> targets() {
    return Stream.of(
        target("signal", SignalFuzz::fuzzerTestOneInput, SignalFuzz.seeds(), 5_000),
        target("sdp", SdpFuzz::fuzzerTestOneInput, SdpFuzz.seeds(), 5_000),
        target("ice", IceFuzz::fuzzerTestOneInput, IceFuzz.seeds(), 3_000),
        target("records", RecordsFuzz::fuzzerTestOneInput, RecordsFuzz.seeds(), 20_000),
        target("sctp", SctpFuzz::fuzzerTestOneInput, SctpFuzz.seeds(), 1_000),
        target("rtp", RtpFuzz::fuzzerTestOneInput, RtpFuzz.seeds(), 300));
  }

  private static Arguments target(
      String name, Consumer<byte[]> target, List<byte[]> seeds, int runs) {
    return Arguments.of(name, target, seeds, runs);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targets")
  @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void nothingThrowsLoopsOrGrows(
      String name, Consumer<byte[]> target, List<byte[]> seeds, int runs) {
    Mutations.run(name, target, seeds, runs);
  }

  /** Opus that decodes to what the decoder itself then cannot go on from (an assertion of it). */
  @Test
  void opusThatBreaksTheDecoderIsMadeUpFor() {
    RtpFuzz.fuzzerTestOneInput(Base64.getDecoder().decode("DoCAgICAgHh+fgEAAGSBf4GBAAATAC0="));
  }
}
