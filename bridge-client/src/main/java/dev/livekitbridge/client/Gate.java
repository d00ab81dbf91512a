package dev.livekitbridge.client;

import java.util.ArrayDeque;
import java.util.Deque;

/** Lets so many in at a time, in order of arrival. Safe for use by many threads. */
final class Gate {
  private final Object lock = new Object();
  private final Deque<Ticket> waiting = new ArrayDeque<>();
  private int free;

  Gate(int places) {
    free = places;
  }

  /**
   * Asks to enter.
   *
   * @param entered runs once there is a place: now on this thread, or later on the thread of one
   *     who leaves; not after {@link Ticket#leave}
   */
  Ticket enter(Runnable entered) {
    Ticket ticket = new Ticket(entered);
    synchronized (lock) {
      if (free == 0) {
        waiting.add(ticket);
        return ticket;
      }
      free--;
      ticket.inside = true;
    }
    entered.run();
    return ticket;
  }

  /** A place, or a place in the queue. */
  final class Ticket {
    private final Runnable entered;
    private boolean inside;
    private boolean left;

    private Ticket(Runnable entered) {
      this.entered = entered;
    }

    /** Makes room for the next. May be called again. */
    void leave() {
      Ticket next;
      synchronized (lock) {
        if (left) {
          return;
        }
        left = true;
        if (!inside) {
          waiting.remove(this);
          return;
        }
        next = waiting.poll();
        if (next == null) {
          free++;
          return;
        }
        next.inside = true;
      }
      next.entered.run();
    }
  }
}
