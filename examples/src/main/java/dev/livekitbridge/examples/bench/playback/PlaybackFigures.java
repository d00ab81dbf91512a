package dev.livekitbridge.examples.bench.playback;

import dev.livekitbridge.examples.bench.figures.Aim;
import dev.livekitbridge.examples.bench.figures.Samples;
import java.util.List;
import java.util.Locale;

/**
 * What was measured.
 *
 * @param playbacks at once
 * @param completed of them, so many to their end
 * @param frames given to the rooms while measured
 * @param expected frames of 20 ms that real time asks for in that time
 * @param late frames that came more than their length after their place
 * @param jitterP50 ms
 * @param jitterP99 ms
 * @param jitterMax ms
 * @param cpuPercent of one core, for each playback
 * @param start from the request to the news of the first frame, one playback after the other
 */
public record PlaybackFigures(
    int playbacks,
    int completed,
    long frames,
    long expected,
    long late,
    double jitterP50,
    double jitterP99,
    double jitterMax,
    double cpuPercent,
    Samples start) {
  /** The marks. */
  public List<Aim> aims() {
    return List.of(
        Aim.atLeast(playbacks + " at once: played to their end", completed, playbacks, ""),
        Aim.atMost("late frames", (double) late, 0, ""),
        Aim.atMost("jitter of the frames given to the room, p99", jitterP99, 5, "ms"),
        Aim.atMost("request to first frame, p99", start.p99(), 100, "ms"));
  }

  /** For people. */
  public List<String> lines() {
    return List.of(
        String.format(
            Locale.ROOT,
            "%d playbacks at once: %d frames (real time asks for %d), %d late",
            playbacks,
            frames,
            expected,
            late),
        String.format(
            Locale.ROOT,
            "jitter p50 %.2f ms, p99 %.2f ms, max %.1f ms",
            jitterP50,
            jitterP99,
            jitterMax),
        String.format(Locale.ROOT, "CPU of the bridge: %.2f %% of a core a playback", cpuPercent),
        String.format(
            Locale.ROOT,
            "request to first frame: p50 %.1f ms, p99 %.1f ms, max %.1f ms (n=%d)",
            start.p50(),
            start.p99(),
            start.max(),
            start.count()));
  }
}
