package dev.livekitbridge.examples.simulate.net;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** One way of one connection: what is sent arrives late, in order, or not at all. */
final class Lane {
  private final SimNetwork network;
  private final Direction direction;
  private final Deque<Runnable> queue = new ArrayDeque<>();
  private final Runnable arrive = this::arrive;
  private final Runnable reset;
  private @Nullable SimProcess receiver;
  private int due;
  private long lastArrivalNanos;
  private long heardNanos;
  private boolean broken;
  private boolean closing;

  /**
   * A lane that the machine at its end reads, until {@link #readBy}.
   *
   * @param reset what the sender hears if it sends although nobody is there any more
   */
  Lane(SimNetwork network, Direction direction, Runnable reset) {
    this.network = network;
    this.direction = direction;
    this.reset = reset;
    direction.carry(this);
  }

  void readBy(SimProcess process) {
    receiver = process;
    heardNanos = network.time().nanoTime();
  }

  /** When something came out of it last. */
  long heardNanos() {
    return heardNanos;
  }

  void send(Runnable arrival) {
    if (broken || closing) {
      network.time().after(2 * direction.delayNanos, network.process(), reset);
      return;
    }
    queue.add(arrival);
    long now = network.time().nanoTime();
    long at = now + direction.delayNanos + network.random(direction.jitterNanos);
    lastArrivalNanos = Math.max(lastArrivalNanos, at);
    network.time().after(lastArrivalNanos - now, network.process(), arrive);
  }

  /** The sender's process is gone: what is on its way arrives, and then this. */
  void sendLast(Runnable arrival) {
    send(arrival);
    closing = true;
  }

  /** What is on its way is lost. */
  void breakDown() {
    broken = true;
    queue.clear();
    due = 0;
  }

  boolean isDone() {
    return broken;
  }

  /** Whether what the sender sends may still arrive, now or when the path heals. */
  boolean isOpen() {
    return !broken && !closing;
  }

  void flush() {
    while (due > 0 && !broken && !direction.isHeld()) {
      due--;
      deliver();
    }
  }

  private void arrive() {
    if (broken) {
      return;
    }
    due++;
    flush();
  }

  private void deliver() {
    Runnable arrival = queue.poll();
    if (arrival == null) {
      return;
    }
    heardNanos = network.time().nanoTime();
    SimProcess to = receiver;
    if (to == null) {
      arrival.run();
    } else {
      to.run(arrival);
    }
  }
}
