package dev.livekitbridge.examples.simulate.net;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The sending end of one direction of a call: what the peer's window does not take waits here. */
final class Outlet {
  // As gRPC has it.
  private static final long READY_BYTES = 32 * 1024;

  private record Waiting(Runnable arrival, int bytes) {}

  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Runnable onReady;
  private @Nullable Lane lane;
  private long window;
  private long waitingBytes;

  /** An end without a lane: all waits. */
  Outlet(Runnable onReady) {
    this.onReady = onReady;
  }

  void open(Lane to, long windowBytes) {
    lane = to;
    credit(windowBytes);
  }

  boolean isReady() {
    return lane != null && waitingBytes < READY_BYTES;
  }

  long waitingBytes() {
    return waitingBytes;
  }

  void send(Runnable arrival, int bytes) {
    Lane to = lane;
    if (to != null && waiting.isEmpty() && window > 0) {
      window -= bytes;
      to.send(arrival);
    } else {
      waiting.add(new Waiting(arrival, bytes));
      waitingBytes += bytes;
    }
  }

  void credit(long bytes) {
    Lane to = lane;
    boolean was = isReady();
    window += bytes;
    Waiting next;
    while (to != null && window > 0 && (next = waiting.poll()) != null) {
      window -= next.bytes();
      waitingBytes -= next.bytes();
      to.send(next.arrival());
    }
    if (!was && isReady()) {
      onReady.run();
    }
  }

  /** What waits is lost. */
  void close() {
    waiting.clear();
    waitingBytes = 0;
    lane = null;
  }
}
