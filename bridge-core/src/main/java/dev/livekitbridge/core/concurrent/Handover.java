package dev.livekitbridge.core.concurrent;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way to a serial executor from other threads: what arrives while it is busy is taken in one
 * go, without a task for each. What one thread adds comes in its order, and before each task that
 * the thread gives to the executor afterwards. Who adds is held by others' flow control, not here.
 */
public final class Handover<T> {
  // Fields of this object, not objects of their own: with thousands of sessions each is cold.
  private static final VarHandle DUE = due();

  private final Queue<T> queue = new ConcurrentLinkedQueue<>();
  private final Runnable drain = this::drain;
  private final Executor serial;
  private final Consumer<T> each;
  private final Runnable after;
  // Written only by who makes due 1, and read by the drain that follows: it passes by the queue.
  private @Nullable T first;
  // Items and wakes that the drain has not seen to the end of; it is on its way while there are.
  private volatile int due;

  /**
   * On the executor, each item is accepted and then, once for all of them, {@code after} runs.
   *
   * @param serial runs one task at a time, in order
   */
  public Handover(Executor serial, Consumer<T> each, Runnable after) {
    this.serial = serial;
    this.each = each;
    this.after = after;
  }

  /** Any thread. */
  public void add(T item) {
    if (due == 0 && DUE.compareAndSet(this, 0, 1)) {
      first = item;
      serial.execute(drain);
    } else {
      queue.add(item);
      wake();
    }
  }

  /** Any thread: lets {@code after} run although nothing was added. */
  public void wake() {
    if ((int) DUE.getAndAdd(this, 1) == 0) {
      serial.execute(drain);
    }
  }

  /** Any thread: how many were added and are not dealt with, about. */
  public int waiting() {
    return due;
  }

  private void drain() {
    boolean done = false;
    try {
      int seen = 0;
      T passing = first;
      if (passing != null) {
        first = null;
        each.accept(passing);
        seen = 1;
      }
      while ((int) DUE.getAndAdd(this, -seen) != seen) {
        seen = due;
        T item;
        while ((item = queue.poll()) != null) {
          each.accept(item);
        }
      }
      done = true;
      after.run();
    } finally {
      if (!done) {
        // The one item failed; what came after it must not wait for ever.
        serial.execute(drain);
      }
    }
  }

  private static VarHandle due() {
    try {
      return MethodHandles.lookup().findVarHandle(Handover.class, "due", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
