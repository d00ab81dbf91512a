package dev.livekitbridge.client;

import org.jspecify.annotations.Nullable;

/** Where a session is reckoned to be: one bridge at most has it in its count. */
final class Seat {
  private @Nullable Bridge at;

  /** The bridge counts it from now on, and the one of before does not. */
  void take(Bridge next) {
    move(next);
  }

  /** No bridge counts it. */
  void leave() {
    move(null);
  }

  private void move(@Nullable Bridge next) {
    Bridge old = at;
    at = next;
    if (old != null) {
      old.placed(-1);
    }
    if (next != null) {
      next.placed(1);
    }
  }
}
