package dev.livekitbridge.examples.simulate.net;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The taking end of one direction of a call: gives out what came, as much as was asked for. */
final class Inlet<T> {
  private record Arrived<T>(T message, int bytes) {}

  private final Deque<Arrived<T>> arrived = new ArrayDeque<>();
  private final Consumer<T> each;
  private final LongConsumer credit;
  private final long creditBytes;
  private final Runnable drain = this::drain;
  private @Nullable Runnable end;
  private int requested;
  private long owed;
  private boolean draining;
  private boolean closed;

  /**
   * An empty end.
   *
   * @param each takes the messages
   * @param credit tells the sender how many more bytes it may send
   * @param creditBytes it is told in steps of so many
   */
  Inlet(Consumer<T> each, LongConsumer credit, long creditBytes) {
    this.each = each;
    this.credit = credit;
    this.creditBytes = creditBytes;
  }

  /** So many more may be given out; later, for callers that are in the middle of something. */
  void request(int messages, VirtualTime time, SimProcess process) {
    requested += messages;
    if (!draining && (!arrived.isEmpty() || end != null)) {
      time.after(0, process, drain);
    }
  }

  void arrive(T message, int bytes) {
    if (!closed) {
      arrived.add(new Arrived<>(message, bytes));
      drain();
    }
  }

  /** After the last message, and once. */
  void end(Runnable what) {
    if (end == null && !closed) {
      end = what;
      drain();
    }
  }

  void close() {
    closed = true;
    arrived.clear();
    end = null;
  }

  private void drain() {
    if (draining) {
      return;
    }
    draining = true;
    while (!closed && requested > 0 && !arrived.isEmpty()) {
      Arrived<T> next = arrived.remove();
      requested--;
      owed += next.bytes();
      each.accept(next.message());
    }
    draining = false;
    if (owed >= creditBytes && !closed) {
      long bytes = owed;
      owed = 0;
      credit.accept(bytes);
    }
    Runnable last = end;
    if (last != null && arrived.isEmpty() && !closed) {
      closed = true;
      last.run();
    }
  }
}
