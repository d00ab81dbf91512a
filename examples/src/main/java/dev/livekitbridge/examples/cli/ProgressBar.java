package dev.livekitbridge.examples.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** How far a playback is, in one line. */
final class ProgressBar {
  private static final int WIDTH = 40;

  private ProgressBar() {}

  static String line(Duration position, Optional<Duration> duration) {
    String at = clock(position);
    if (duration.isEmpty() || duration.get().isZero()) {
      return at;
    }
    double part = Math.min(1, position.toNanos() / (double) duration.get().toNanos());
    int full = (int) Math.floor(part * WIDTH);
    return "["
        + "#".repeat(full)
        + "-".repeat(WIDTH - full)
        + "] "
        + at
        + " / "
        + clock(duration.get())
        + String.format(Locale.ROOT, " %3.0f %%", Math.floor(100 * part));
  }

  static String clock(Duration time) {
    long hours = time.toHours();
    String minutes =
        String.format(
            Locale.ROOT,
            "%d:%02d.%d",
            time.toMinutesPart(),
            time.toSecondsPart(),
            time.toMillisPart() / 100);
    return hours == 0 ? minutes : hours + ":" + (time.toMinutesPart() < 10 ? "0" : "") + minutes;
  }
}
