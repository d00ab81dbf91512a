package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.examples.bench.load.Arrivals;

/** Those who hear the people, one in each room. */
interface Hearers {
  /** Goes into rooms until there are so many, and waits until all are in. */
  void open(int count) throws InterruptedException;

  /** Where what is heard is counted from now on. */
  void count(Arrivals arrivals);

  /** Out of all rooms. */
  void leave();
}
