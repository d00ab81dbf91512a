package dev.livekitbridge.examples.demo;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.examples.audio.WavWriter;
import dev.livekitbridge.examples.harness.HarnessException;
import dev.livekitbridge.examples.report.FlowReport;
import dev.livekitbridge.examples.report.ScenarioReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Plays a scenario from the first process to the last, and draws the account. */
final class Performance {
  private static final int FRAME_MILLIS = 20;

  /** How long after the last frame the pictures go on. */
  private static final double AFTER_THE_LAST_SECONDS = 0.5;

  /** What a killed peer had delivered and not yet acknowledged comes twice: 100 ms or 10 frames. */
  private static final int TWICE_AFTER_A_KILL = 10;

  private final Setup setup;
  private final Scenario scenario;
  private final Stage stage;

  Performance(Setup setup, Scenario scenario, int number) {
    this.setup = setup;
    this.scenario = scenario;
    this.stage = new Stage(setup, scenario.name(), number);
  }

  ScenarioReport play() throws InterruptedException {
    Story story = stage.story();
    int left = -1;
    try {
      stage.open();
      scenario.script().play(stage);
      stage.fallSilent();
      checkOneOwner();
      stage.closeService();
      left = stage.sessionsAndParticipants();
      stage.closeBridge();
    } catch (HarnessException | IllegalStateException e) {
      story.broken(String.valueOf(e.getMessage()));
      stage.abandon();
    }
    return report(left);
  }

  /** While it is connected: one session, one participant, and nobody else. */
  private void checkOneOwner() {
    int sessions = stage.ledgers().sessions();
    int participants = stage.people().bridges();
    if (sessions != 1 || participants != 1) {
      stage
          .story()
          .broken(
              "one session is connected, but the bridge has "
                  + sessions
                  + " and the room "
                  + participants
                  + " participants of bridges");
    }
  }

  private ScenarioReport report(int left) {
    Story story = stage.story();
    double seconds = Math.min(story.seconds(), stage.secondsOfAudio() + AFTER_THE_LAST_SECONDS);
    FlowReport toService =
        new Accountant(stage.toService(), story, stage.ledgers().drops("room -> service"), false)
            .report(seconds);
    FlowReport toRoom =
        new Accountant(stage.toRoom(), story, stage.ledgers().drops("service -> room"), true)
            .report(seconds);
    check(toService);
    check(toRoom);
    if (left > 0) {
      story.broken(left + " sessions or participants were left behind");
    }
    boolean bridgeDied =
        story.faults().stream().anyMatch(fault -> fault.victim() == Story.Victim.BRIDGE);
    if (bridgeDied && toService.droppedTotal() > 0 && stage.lostSpans() == 0) {
      story.broken("frames from the room were lost, and the service was not told");
    }
    byte[] heard = stage.people().speechHeard(Stage.USER);
    writeSpeech(heard);
    return new ScenarioReport(
        scenario.name(),
        scenario.title(),
        scenario.story(),
        seconds,
        story.marks(),
        story.states(),
        List.of(toService, toRoom),
        (long) stage.people().speechSaid() * FRAME_MILLIS,
        AudioFormat.VOICE.nanosOf(heard.length) / 1_000_000,
        Math.max(0, left),
        story.brokenInvariants());
  }

  private void check(FlowReport flow) {
    Story story = stage.story();
    if (flow.unaccounted() != 0) {
      story.broken(flow.unaccounted() + " frames unaccounted for, " + flow.direction());
    }
    if (flow.outOfOrder() > 0) {
      story.broken(flow.outOfOrder() + " frames out of order, " + flow.direction());
    }
    boolean killed =
        story.faults().stream().anyMatch(fault -> fault.victim() != Story.Victim.NOBODY);
    if (flow.duplicated() > (killed ? TWICE_AFTER_A_KILL : 0)) {
      story.broken(flow.duplicated() + " frames arrived twice, " + flow.direction());
    }
  }

  /** For the ear: what came back into the room. */
  private void writeSpeech(byte[] pcm) {
    Path file = setup.out().resolve("speech-" + scenario.name() + ".wav");
    try (WavWriter writer = new WavWriter(file, AudioFormat.VOICE)) {
      for (int at = 0; at < pcm.length; at += AudioFrame.MAX_BYTES) {
        byte[] piece = Arrays.copyOfRange(pcm, at, Math.min(pcm.length, at + AudioFrame.MAX_BYTES));
        writer.write(AudioFrame.copyOf(piece, 0));
      }
    } catch (IOException e) {
      setup.terminal().error("cannot write " + file + ": " + e.getMessage());
    }
  }
}
