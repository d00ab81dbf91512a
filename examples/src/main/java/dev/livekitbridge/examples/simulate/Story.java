package dev.livekitbridge.examples.simulate;

import dev.livekitbridge.examples.simulate.net.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What happened, for people: written only where someone will read it. */
final class Story {
  private final VirtualTime time;
  private final boolean told;
  private final long startNanos;
  private final List<String> lines = new ArrayList<>();

  Story(VirtualTime time, boolean told) {
    this.time = time;
    this.told = told;
    this.startNanos = time.nanoTime();
  }

  /** Adds a line; the text is made only if it is told. */
  void tell(String who, Supplier<String> what) {
    if (told) {
      double seconds = (time.nanoTime() - startNanos) / 1e9;
      lines.add(String.format(Locale.ROOT, "%9.3f  %-8s %s", seconds, who, what.get()));
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
