package dev.livekitbridge.core.link;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of PCM that all sessions of a process may hold together. Thread-safe; a frame is one atomic
 * addition.
 */
public final class RetentionBudget {
  private final long maxBytes;
  private final AtomicLong held = new AtomicLong();

  /** A budget of so many bytes. */
  public RetentionBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Takes bytes if they are to be had. */
  boolean tryTake(long bytes) {
    if (held.addAndGet(bytes) <= maxBytes) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  void give(long bytes) {
    held.addAndGet(-bytes);
  }

  /** The most that may be held. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Bytes held now. */
  public long heldBytes() {
    return held.get();
  }
}
