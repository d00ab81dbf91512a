package dev.livekitbridge.server.room.livekit.sctp;

import static dev.livekitbridge.server.room.livekit.sctp.SctpWire.MS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The machine against itself over a seeded wire; the seed is in the message of what fails. */
class SctpSimulationTest {
  private static SctpWire faulty(long seed, double loss) {
    SctpWire wire = new SctpWire(seed);
    wire.loss = loss;
    wire.delay = 50 * MS;
    wire.jitter = 20 * MS;
    wire.duplicate = 0.02;
    return wire;
  }

  private static String message(Random random, int index, int most) {
    String head = index + ":";
    return head + "x".repeat(random.nextInt(most));
  }

  @ParameterizedTest
  @CsvSource({"0, 2", "0.01, 5", "0.05, 10", "0.2, 10"})
  void whatIsReliableArrivesWholeAndInOrder(double loss, int seeds) {
    for (long seed = 0; seed < seeds; seed++) {
      SctpWire wire = faulty(seed, loss);
      int left = wire.a.sctp.open(DataChannelConfig.reliable("left"), wire.now);
      wire.b.sctp.start(wire.now);
      wire.b.flush();
      wire.connect();
      int right = wire.b.sctp.open(DataChannelConfig.reliable("right"), wire.now);
      List<String> toRight = new ArrayList<>();
      List<String> toLeft = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        String text = message(wire.random, i, i % 20 == 0 ? 20_000 : 700);
        assertThat(wire.a.send(left, text)).isTrue();
        toRight.add(text);
        assertThat(wire.b.send(right, text)).isTrue();
        toLeft.add(text);
        wire.run(20);
      }
      wire.runUntil(
          () -> wire.a.sctp.bufferedBytes() == 0 && wire.b.sctp.bufferedBytes() == 0, 60_000);
      assertThat(wire.b.recorder.texts(left)).as("seed %s", seed).isEqualTo(toRight);
      assertThat(wire.a.recorder.texts(right)).as("seed %s", seed).isEqualTo(toLeft);
      assertThat(wire.a.recorder.closed).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({"true, 0", "false, 0", "true, 2", "false, 2"})
  void whatIsLossyNeverBlocksAndNeverComesTwice(boolean ordered, int retransmits) {
    for (long seed = 0; seed < 8; seed++) {
      SctpWire wire = faulty(seed, 0.2);
      wire.connect();
      DataChannelConfig config = new DataChannelConfig("lossy", "", ordered, retransmits, null);
      int channel = wire.a.sctp.open(config, wire.now);
      for (int i = 0; i < 500; i++) {
        assertThat(wire.a.send(channel, message(wire.random, i, i % 50 == 0 ? 5000 : 600)))
            .as("seed %s message %s", seed, i)
            .isTrue();
        wire.run(20);
      }
      wire.loss = 0;
      wire.run(4000);
      wire.a.send(channel, "last");
      wire.run(500);
      assertThat(wire.a.sctp.bufferedBytes()).as("seed %s", seed).isZero();
      List<String> got = wire.b.recorder.texts(channel);
      assertThat(got).as("seed %s", seed).contains("last").doesNotHaveDuplicates();
      assertThat(got).as("seed %s", seed).hasSizeGreaterThan(retransmits == 0 ? 340 : 470);
      if (ordered) {
        List<Integer> order =
            got.stream()
                .filter(t -> !t.equals("last"))
                .map(t -> Integer.valueOf(t.substring(0, t.indexOf(':'))))
                .toList();
        assertThat(order).as("seed %s", seed).isSorted();
      }
    }
  }

  @Test
  void aLifetimeGivesUpWhatIsLate() {
    for (long seed = 0; seed < 10; seed++) {
      SctpWire wire = faulty(seed, 0.1);
      wire.connect();
      int channel =
          wire.a.sctp.open(
              new DataChannelConfig("timed", "", true, -1, Duration.ofMillis(300)), wire.now);
      wire.run(500);
      wire.loss = 1;
      for (int i = 0; i < 50; i++) {
        wire.a.send(channel, i + ":");
        wire.run(20);
      }
      wire.loss = 0;
      wire.run(5000);
      wire.a.send(channel, "last:");
      wire.run(500);
      List<String> got = wire.b.recorder.texts(channel);
      assertThat(got).as("seed %s", seed).endsWith("last:").hasSizeLessThan(40);
      assertThat(wire.a.sctp.bufferedBytes()).isZero();
    }
  }

  @Test
  void aLossyChannelGoesOnWhileAReliableOneWaits() {
    SctpWire wire = new SctpWire(1).connect();
    int reliable = wire.a.sctp.open(DataChannelConfig.reliable("r"), wire.now);
    int lossy = wire.a.sctp.open(DataChannelConfig.lossy("l", 0), wire.now);
    wire.run(100);
    int[] count = {0};
    // The first packet of the reliable channel is lost again and again.
    wire.filter =
        (from, packet) -> {
          boolean carries = new String(packet, StandardCharsets.ISO_8859_1).contains("stuck");
          return carries && count[0]++ < 3;
        };
    wire.a.send(reliable, "stuck");
    for (int i = 0; i < 20; i++) {
      wire.a.send(lossy, "m" + i);
      wire.run(5);
    }
    assertThat(wire.b.recorder.texts(lossy)).hasSize(19);
    wire.run(10_000);
    assertThat(wire.b.recorder.texts(reliable)).containsExactly("stuck");
  }

  @Test
  void damagedPacketsAreNotTaken() {
    for (long seed = 0; seed < 10; seed++) {
      SctpWire wire =
          new SctpWire(
              seed,
              SctpOptions.builder(true).zeroChecksum(false),
              SctpOptions.builder(false).zeroChecksum(false));
      wire.corrupt = 0.1;
      wire.connect();
      int channel = wire.a.sctp.open(DataChannelConfig.reliable("r"), wire.now);
      List<String> sent = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        sent.add(message(wire.random, i, 500));
        wire.a.send(channel, sent.get(i));
        wire.run(10);
      }
      wire.run(20_000);
      assertThat(wire.b.recorder.texts(channel)).as("seed %s", seed).isEqualTo(sent);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1800", "0.01, 400", "0.05, 150"})
  void throughputDoesNotCollapse(double loss, int leastKilobytesPerSecond) {
    SctpWire wire = new SctpWire(7);
    wire.delay = 10 * MS;
    wire.loss = loss;
    wire.rate = 2_000_000;
    wire.connect();
    int channel = wire.a.sctp.open(DataChannelConfig.reliable("bulk"), wire.now);
    String block = "b".repeat(10_000);
    int sent = 0;
    long start = wire.now;
    while (wire.now - start < 20_000 * MS) {
      while (wire.a.send(channel, block)) {
        sent++;
      }
      wire.run(10);
    }
    int got = wire.b.recorder.texts(channel).size();
    assertThat(got * 10 / 20).isGreaterThan(leastKilobytesPerSecond);
    assertThat(sent - got).isLessThanOrEqualTo(110);
    wire.runUntil(() -> wire.a.recorder.writable > 0, 10_000);
    assertThat(wire.a.recorder.writable).isEqualTo(1);
    assertThat(wire.a.sctp.bufferedBytes()).isBetween(400_000L, 524_288L);
  }

  @Test
  void aWireThatIsCutForTenSecondsLosesNothing() {
    SctpWire wire = new SctpWire(3).connect();
    int channel = wire.a.sctp.open(DataChannelConfig.reliable("r"), wire.now);
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      wire.loss = i >= 100 && i < 600 ? 1 : 0;
      sent.add(i + ":" + "y".repeat(640));
      assertThat(wire.a.send(channel, sent.get(i))).isTrue();
      wire.run(20);
    }
    assertThat(wire.runUntil(() -> wire.a.sctp.bufferedBytes() == 0, 3500)).isTrue();
    assertThat(wire.b.recorder.texts(channel)).isEqualTo(sent);
  }

  @Test
  void manyChannelsShareTheWayFairly() {
    SctpWire wire = new SctpWire(5);
    wire.loss = 0.05;
    wire.rate = 200_000;
    wire.connect();
    List<Integer> channels = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      channels.add(wire.a.sctp.open(DataChannelConfig.reliable("c" + i), wire.now));
    }
    for (int i = 0; i < 100; i++) {
      for (int channel : channels) {
        assertThat(wire.a.send(channel, "z".repeat(1000))).isTrue();
      }
    }
    wire.run(800);
    for (int channel : channels) {
      assertThat(wire.b.recorder.texts(channel).size()).isBetween(5, 50);
    }
    wire.run(20_000);
    assertThat(wire.b.recorder.messages).hasSize(500);
    assertThat(new HashSet<>(channels)).hasSize(5);
  }
}
