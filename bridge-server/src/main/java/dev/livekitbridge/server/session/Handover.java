package dev.livekitbridge.server.session;

import io.grpc.SynchronizationContext;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The way into a session from other threads: what arrives while the session is busy is taken in one
 * go, without a task for each. Who adds is held by others' flow control, not here.
 */
final class Handover<T> {
  private final Queue<T> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Runnable drain = this::drain;
  private final SynchronizationContext context;
  private final Consumer<T> each;
  private final Runnable after;

  /** In the context, each item is accepted and then, once for all of them, {@code after} runs. */
  Handover(SynchronizationContext context, Consumer<T> each, Runnable after) {
    this.context = context;
    this.each = each;
    this.after = after;
  }

  void add(T item) {
    queue.add(item);
    wake();
  }

  /** Lets {@code after} run although nothing was added. */
  void wake() {
    if (woken.compareAndSet(false, true)) {
      context.execute(drain);
    }
  }

  private void drain() {
    // Before the queue is read: what is added from here on wakes again.
    woken.set(false);
    T item;
    while ((item = queue.poll()) != null) {
      each.accept(item);
    }
    after.run();
  }
}
