package dev.livekitbridge.examples.simulate.net;

import dev.livekitbridge.core.TimeSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still while anything runs, and jumps to whatever is due next. What is due at
 * the same time runs in the order in which it was asked for, so a run is a function of its inputs.
 */
public final class VirtualTime implements TimeSource {
  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  // A heap by time and then by order.
  private @Nullable Event[] heap = new @Nullable Event[256];
  private int size;
  private long nanos = 1_000_000_000L;
  private long epochOffsetMillis = EPOCH_MILLIS;
  private long asked;
  private long digest = 17;

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long epochMillis() {
    return epochOffsetMillis + nanos / 1_000_000;
  }

  /** Sets the time of day forward or back; monotonic time goes on. */
  public void jumpEpoch(long millis) {
    epochOffsetMillis += millis;
  }

  /** A number that two runs share only if the same things happened at the same times in both. */
  public long digest() {
    return digest;
  }

  /** Makes the digest depend on this as well. */
  public void mix(long value) {
    digest = (digest ^ value) * 0x9E3779B97F4A7C15L;
    digest ^= digest >>> 29;
  }

  /** Runs this after a delay, unless its process is dead by then. */
  public Event after(long delayNanos, SimProcess owner, Runnable work) {
    Event event = new Event(owner, work);
    enter(event, nanos + Math.max(0, delayNanos));
    return event;
  }

  /** Lets time pass, running what falls due on the way. */
  public void advance(long by) {
    long end = nanos + by;
    Event first;
    while ((first = heap[0]) != null && size > 0 && first.dueNanos <= end) {
      take();
      if (!first.cancelled && first.owner.isAlive()) {
        nanos = Math.max(nanos, first.dueNanos);
        mix(first.dueNanos ^ (first.order << 40));
        first.owner.run(first.work);
      }
    }
    nanos = end;
  }

  void enter(Event event, long dueNanos) {
    event.dueNanos = dueNanos;
    event.order = asked++;
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      Event above = heap[parent];
      if (above == null || !event.before(above)) {
        break;
      }
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  private void take() {
    Event last = heap[--size];
    heap[size] = null;
    if (size == 0 || last == null) {
      return;
    }
    int at = 0;
    int child;
    while ((child = 2 * at + 1) < size) {
      Event lower = heap[child];
      Event right = child + 1 < size ? heap[child + 1] : null;
      if (right != null && lower != null && right.before(lower)) {
        child++;
        lower = right;
      }
      if (lower == null || !lower.before(last)) {
        break;
      }
      heap[at] = lower;
      at = child;
    }
    heap[at] = last;
  }

  /** Something that is to happen. */
  public static final class Event {
    private final SimProcess owner;
    private final Runnable work;
    private long dueNanos;
    private long order;
    private boolean cancelled;

    private Event(SimProcess owner, Runnable work) {
      this.owner = owner;
      this.work = work;
    }

    /** It will not happen. */
    public void cancel() {
      cancelled = true;
    }

    boolean isCancelled() {
      return cancelled;
    }

    long dueNanos() {
      return dueNanos;
    }

    private boolean before(Event other) {
      return dueNanos < other.dueNanos || (dueNanos == other.dueNanos && order < other.order);
    }
  }
}
