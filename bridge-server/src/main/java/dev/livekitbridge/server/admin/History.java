package dev.livekitbridge.server.admin;

import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.server.session.SessionMetrics;
import dev.livekitbridge.server.session.SessionMetrics.Direction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last ten minutes, a sample every five seconds. Confined to the admin port's thread. */
final class History {
  static final int MOST = 121;

  /**
   * How much there was.
   *
   * @param millis when, epoch
   * @param sessions alive
   * @param toClient frames for clients taken in so far
   * @param toRoom frames for rooms taken in so far
   * @param dropped frames given up so far
   */
  record Sample(long millis, int sessions, long toClient, long toRoom, long dropped) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  void add(long millis, SessionMetrics metrics) {
    FrameCounts toClient = metrics.frames(Direction.TO_CLIENT);
    FrameCounts toRoom = metrics.frames(Direction.TO_ROOM);
    add(
        new Sample(
            millis,
            metrics.sessions(),
            toClient.accepted(),
            toRoom.accepted(),
            toClient.droppedTotal() + toRoom.droppedTotal()));
  }

  void add(Sample sample) {
    if (samples.size() == MOST) {
      samples.removeFirst();
    }
    samples.add(sample);
  }

  List<Double> sessions() {
    return samples.stream().map(sample -> (double) sample.sessions()).toList();
  }

  /** Frames a second in both directions, between each two samples. */
  List<Double> frameRates() {
    return rates(sample -> sample.toClient() + sample.toRoom());
  }

  /** Frames lost a second, between each two samples. */
  List<Double> lossRates() {
    return rates(Sample::dropped);
  }

  private List<Double> rates(java.util.function.ToLongFunction<Sample> of) {
    List<Double> rates = new ArrayList<>();
    Sample before = null;
    for (Sample sample : samples) {
      if (before != null) {
        double seconds = Math.max(1, sample.millis() - before.millis()) / 1_000.0;
        rates.add(Math.max(0, of.applyAsLong(sample) - of.applyAsLong(before)) / seconds);
      }
      before = sample;
    }
    return rates;
  }
}
