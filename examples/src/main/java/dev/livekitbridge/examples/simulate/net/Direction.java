package dev.livekitbridge.examples.simulate.net;

import java.util.ArrayList;
import java.util.List;

/** One way of the path between two machines, for all connections between them. */
public final class Direction {
  private final List<Lane> lanes = new ArrayList<>();
  private boolean held;
  long delayNanos;
  long jitterNanos;

  Direction(long delayNanos, long jitterNanos) {
    this.delayNanos = delayNanos;
    this.jitterNanos = jitterNanos;
  }

  /** How long a message takes, and how much longer it may take. */
  public void delay(long nanos, long jitter) {
    delayNanos = nanos;
    jitterNanos = jitter;
  }

  /** Nothing gets through and nobody is told, until {@link #heal}. */
  public void hold() {
    held = true;
  }

  /** What was sent meanwhile arrives now, late and in order. */
  public void heal() {
    held = false;
    lanes.removeIf(Lane::isDone);
    for (Lane lane : List.copyOf(lanes)) {
      lane.flush();
    }
  }

  /** Whether nothing gets through. */
  public boolean isHeld() {
    return held;
  }

  void carry(Lane lane) {
    lanes.removeIf(Lane::isDone);
    lanes.add(lane);
  }
}
