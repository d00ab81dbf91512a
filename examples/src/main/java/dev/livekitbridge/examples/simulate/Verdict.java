package dev.livekitbridge.examples.simulate;

import org.jspecify.annotations.Nullable;

/**
 * The first promise of a history that was not kept. Written down rather than thrown: much of what
 * finds it runs as somebody's callback, and who throws there is forgiven.
 */
final class Verdict {
  private @Nullable String broken;

  void broken(String what) {
    if (broken == null) {
      broken = what;
    }
  }

  @Nullable String broken() {
    return broken;
  }
}
