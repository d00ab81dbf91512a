package dev.livekitbridge.examples.simulate;

/** How joins of rooms go just now. */
final class Doors {
  private long delayNanos = 1_000_000;
  private boolean hang;
  private boolean refuse;

  long delayNanos() {
    return delayNanos;
  }

  void open(long nanos) {
    delayNanos = nanos;
    hang = false;
    refuse = false;
  }

  void hang() {
    hang = true;
  }

  void refuse() {
    refuse = true;
  }

  void enter(Runnable in, Runnable refused) {
    if (refuse) {
      refused.run();
    } else if (!hang) {
      in.run();
    }
  }
}
