package dev.livekitbridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.report.FlowReport;
import dev.livekitbridge.examples.terminal.Terminal;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccountantTest {
  /** Time that stands where it is put. */
  private static final class Clock implements TimeSource {
    private long millis = 1_000_000;

    @Override
    public long nanoTime() {
      return millis * 1_000_000;
    }

    @Override
    public long epochMillis() {
      return millis;
    }
  }

  private final Clock clock = new Clock();
  private final Story story =
      new Story(
          new Terminal(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
              false,
              false),
          clock);
  private final FrameFlow flow = new FrameFlow("room -> service");
  private int next;

  /** Frames every 20 ms, heard at once or not at all. */
  private void say(int frames, boolean heard) {
    for (int i = 0; i < frames; i++) {
      flow.sent(next, clock.millis);
      if (heard) {
        flow.heard(next, clock.millis);
      }
      next++;
      clock.millis += 20;
    }
  }

  private FlowReport account(Map<String, Long> counted, boolean towardsRoom) {
    return new Accountant(flow, story, counted, towardsRoom).report(story.seconds());
  }

  @Test
  void withoutALossNothingIsDropped() {
    say(50, true);

    FlowReport report = account(Map.of(), false);

    assertThat(report.accepted()).isEqualTo(50);
    assertThat(report.dropped()).isEmpty();
    assertThat(report.unaccounted()).isZero();
  }

  @Test
  void whatTheRoomSaidWithoutABridgeIsPutDownToThat() {
    say(50, true);
    say(2, false);
    Story.Fault fault = story.fault("SIGKILL bridge", Story.Victim.BRIDGE);
    say(25, false);
    story.repaired(fault, clock.millis, "bridge is back");
    say(5, false);
    say(50, true);

    FlowReport report = account(Map.of(), false);

    assertThat(report.dropped())
        .containsExactly(
            Map.entry("no bridge in the room", 30L), Map.entry("with the dead bridge", 2L));
    assertThat(report.unaccounted()).isZero();
    assertThat(report.recoveries())
        .singleElement()
        .satisfies(
            recovery -> {
              assertThat(recovery.fromFaultMillis()).isEqualTo(30 * 20);
              assertThat(recovery.fromRepairMillis()).isEqualTo(5 * 20);
            });
  }

  @Test
  void aLossInAPartitionHasNoExcuseButACount() {
    say(50, true);
    Story.Fault fault = story.fault("network parted", Story.Victim.NOBODY);
    say(10, false);
    story.repaired(fault, clock.millis, "network healed");
    say(50, true);

    assertThat(account(Map.of(), false).unaccounted()).isEqualTo(10);
    FlowReport counted = account(Map.of("client: overflow", 7L), false);
    assertThat(counted.dropped()).containsExactly(Map.entry("client: overflow", 7L));
    assertThat(counted.unaccounted()).isEqualTo(3);
  }

  @Test
  void theRoomLosesNothingByADeadService() {
    say(50, true);
    say(3, false);
    story.fault("SIGKILL service", Story.Victim.SERVICE);
    clock.millis += 500;
    say(50, true);

    assertThat(account(Map.of(), true).dropped())
        .containsExactly(Map.entry("with the dead service", 3L));
    assertThat(account(Map.of(), false).unaccounted()).isEqualTo(3);
  }

  /** Notes of 100 ms that an ear tells apart; as many as it may miss by itself are lost as well. */
  private FlowReport byEar(int lostFirst, int lostLater, Map<String, Long> counted) {
    FrameFlow notes = new FrameFlow("service -> room", SpokenNotes.MILLIS);
    for (int i = 0; i < 100; i++) {
      notes.sent(i, clock.millis);
      if (i >= lostFirst && (i < 50 || i >= 53 + lostLater)) {
        notes.heard(i, clock.millis);
      }
      clock.millis += SpokenNotes.MILLIS;
    }
    return new Accountant(notes, story, counted, true).report(story.seconds());
  }

  @Test
  void aNewTrackMayWaitForAListenerForTwoSecondsAndNoLonger() {
    FlowReport quick = byEar(8, 0, Map.of());
    assertThat(quick.dropped())
        .containsEntry("before the room listened to the new track", 8L)
        .containsEntry("too short for the ear", 3L);
    assertThat(quick.unaccounted()).isZero();
    FlowReport slow = byEar(27, 0, Map.of());
    assertThat(slow.dropped()).containsEntry("before the room listened to the new track", 20L);
    assertThat(slow.unaccounted()).isEqualTo(7);
  }

  @Test
  void framesThatWereCountedExcuseAsManyNotesAsTheyMakeUp() {
    Map<String, Long> counted = Map.of("client: overflow", 12L);
    assertThat(byEar(0, 3, counted).unaccounted()).isZero();
    assertThat(byEar(0, 5, counted).unaccounted()).isEqualTo(2);
  }
}
