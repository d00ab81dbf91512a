package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.TimeSource;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Frames that go to the caller's fallback, with books of their own. Safe for many threads. */
final class Fallback implements Delivery.Books {
  private final Delivery delivery;
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong slow = new AtomicLong();
  private final AtomicLong unsent = new AtomicLong();
  private volatile boolean closed;

  Fallback(
      String what,
      Consumer<AudioFrame> consumer,
      Executor executor,
      TimeSource time,
      BufferOptions options) {
    this.delivery = new Delivery(what + " fallback", consumer, executor, time, options, false);
  }

  void offer(AudioFrame frame) {
    accepted.incrementAndGet();
    delivery.collect(this);
    delivery.offer(frame, 0, this);
  }

  void close() {
    closed = true;
    delivery.close(this);
  }

  long accepted() {
    return accepted.get();
  }

  FrameCounts counts() {
    delivery.collect(this);
    long done = delivered.get();
    long lost = slow.get();
    long dead = unsent.get();
    long all = Math.max(accepted.get(), done + lost + dead);
    return new FrameCounts(
        all,
        done,
        Map.of(DropCause.SLOW_CONSUMER, lost, DropCause.CLOSED, dead),
        all - done - lost - dead,
        0,
        0,
        0);
  }

  @Override
  public void delivered(AudioFrame frame, int epoch, long doneNanos) {
    delivered.incrementAndGet();
  }

  @Override
  public void dropped(AudioFrame frame, int epoch) {
    (closed ? unsent : slow).incrementAndGet();
  }
}
