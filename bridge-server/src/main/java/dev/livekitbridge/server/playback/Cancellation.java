package dev.livekitbridge.server.playback;

import org.jspecify.annotations.Nullable;

/** Lets one thread end what another one is blocked in. */
final class Cancellation {
  // All guarded by this.
  private @Nullable Runnable action;
  private boolean cancelled;

  /** What a cancellation does from now on; at once, if it has come already. */
  void with(Runnable next) {
    synchronized (this) {
      if (!cancelled) {
        action = next;
        return;
      }
    }
    next.run();
  }

  void cancel() {
    Runnable now;
    synchronized (this) {
      cancelled = true;
      now = action;
      action = null;
    }
    if (now != null) {
      now.run();
    }
  }
}
