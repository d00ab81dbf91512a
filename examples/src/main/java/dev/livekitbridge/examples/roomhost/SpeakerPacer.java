package dev.livekitbridge.examples.roomhost;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Lets speakers speak when it is time, all in one tick. */
final class SpeakerPacer {
  private static final long TICK_MILLIS = 4;

  private final List<Speaker> speakers = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService scheduler;
  private boolean ticking;

  SpeakerPacer(ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
  }

  /** Begins with this speaker's first frame at the next tick. */
  synchronized void add(Speaker speaker) {
    speakers.add(speaker);
    if (!ticking) {
      ticking = true;
      scheduler.scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tick() {
    boolean someFinished = false;
    for (Speaker speaker : speakers) {
      speaker.speak();
      someFinished |= speaker.isFinished();
    }
    if (someFinished) {
      speakers.removeIf(Speaker::isFinished);
    }
  }
}
