package dev.livekitbridge.examples.demo;

import dev.livekitbridge.examples.report.FlowReport;
import dev.livekitbridge.examples.report.Recovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Makes the account of a direction: what did not arrive is put down to a cause, as far as someone
 * counted it or died with it, and what is left is unaccounted for.
 */
final class Accountant {
  private static final Duration BIN = Duration.ofMillis(100);

  /** How long before its death a process may have taken what it never passed on. */
  private static final long LAST_WORDS_MILLIS = 4_000;

  /**
   * What an ear may miss of sound: where a jitter buffer catches up, or a track begins anew, a note
   * is shorter than it can tell.
   */
  private static final int FEW = 3;

  private static final int EAR_SHARE = 50;

  /** A bridge lets the first sound of a track wait so long for someone to listen, and no longer. */
  private static final Duration FIRST_LISTENER = Duration.ofSeconds(2);

  private final FrameFlow flow;
  private final Story story;
  private final Map<String, Long> counted;
  private final boolean towardsRoom;
  private final Map<String, Long> dropped = new LinkedHashMap<>();
  private long remaining;

  Accountant(FrameFlow flow, Story story, Map<String, Long> counted, boolean towardsRoom) {
    this.flow = flow;
    this.story = story;
    this.counted = counted;
    this.towardsRoom = towardsRoom;
  }

  FlowReport report(double seconds) {
    remaining = flow.lost();
    story.faults().forEach(this::lostWith);
    counted.forEach((cause, frames) -> put(cause, numbers(frames)));
    if (flow.byEar()) {
      put("before the room listened to the new track", flow.lostBeforeTheFirst(FIRST_LISTENER));
      put("too short for the ear", Math.max(FEW, flow.accepted() / EAR_SHARE));
    }
    int bins = (int) Math.ceil(seconds * 1000 / BIN.toMillis());
    return new FlowReport(
        flow.direction(),
        flow.accepted(),
        flow.delivered(),
        dropped,
        0,
        flow.duplicates(),
        flow.outOfOrder(),
        flow.longestGap().toMillis(),
        recoveries(),
        flow.sentPerBin(story.start(), BIN, bins),
        flow.heardPerBin(story.start(), BIN, bins));
  }

  private void lostWith(Story.Fault fault) {
    switch (fault.victim()) {
      case BRIDGE -> {
        if (!towardsRoom) {
          // A bridge that has started still has to join; until frames come again it is not in.
          long again =
              flow.audioAgain(fault.at(), fault.onsetEnd(), Stage.AUDIBLE).orElse(fault.mendedAt());
          put(
              "no bridge in the room",
              flow.lostSentBetween(fault.at(), Math.max(again, fault.mendedAt() + 2_000)));
        }
        put("with the dead bridge", lostBefore(fault));
      }
      case SERVICE -> {
        if (towardsRoom) {
          put("with the dead service", lostBefore(fault));
        }
      }
      case NOBODY -> {
        // Both ends live: whatever is lost, they have counted.
      }
    }
  }

  private long lostBefore(Story.Fault fault) {
    return flow.lostSentBetween(fault.at() - LAST_WORDS_MILLIS, fault.at());
  }

  /** So many frames make up how many numbers of the flow. */
  private long numbers(long frames) {
    return flow.byEar() ? (frames + SpokenNotes.FRAMES - 1) / SpokenNotes.FRAMES : frames;
  }

  private void put(String cause, long count) {
    long frames = Math.min(count, remaining);
    if (frames > 0) {
      dropped.merge(cause, frames, Long::sum);
      remaining -= frames;
    }
  }

  private List<Recovery> recoveries() {
    List<Recovery> recoveries = new ArrayList<>();
    for (Story.Fault fault : story.faults()) {
      OptionalLong again = flow.audioAgain(fault.at(), fault.onsetEnd(), Stage.AUDIBLE);
      if (again.isEmpty()) {
        recoveries.add(new Recovery(fault.name(), Recovery.NEVER, -1));
        continue;
      }
      long at = again.getAsLong();
      boolean waited = fault.repairedAt() > 0 && at >= fault.repairedAt();
      recoveries.add(
          new Recovery(fault.name(), at - fault.at(), waited ? at - fault.repairedAt() : -1));
    }
    return recoveries;
  }
}
