package dev.livekitbridge.client;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Lets so many in at a time, in order of arrival. Safe for use by many threads. */
final class Gate {
  private final Object lock = new Object();
  private final Deque<Ticket> waiting = new ArrayDeque<>();
  private int free;
  private boolean admitting;

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
      waiting.add(ticket);
    }
    admit();
    return ticket;
  }

  /**
   * Lets in who has a place, one after the other: of a thousand who leave as soon as they are in,
   * because the bridge is gone, none may do so within the call of the one before.
   */
  private void admit() {
    for (Ticket next = next(true); next != null; next = next(false)) {
      boolean done = false;
      try {
        next.entered.run();
        done = true;
      } finally {
        if (!done) {
          synchronized (lock) {
            admitting = false;
          }
        }
      }
    }
  }

  /** Who is to be let in now; null if nobody, or if another call is at it. */
  private @Nullable Ticket next(boolean begin) {
    synchronized (lock) {
      if (begin && admitting) {
        return null;
      }
      Ticket next = free == 0 ? null : waiting.poll();
      admitting = next != null;
      if (next != null) {
        free--;
        next.inside = true;
      }
      return next;
    }
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
      synchronized (lock) {
        if (left) {
          return;
        }
        left = true;
        if (!inside) {
          waiting.remove(this);
          return;
        }
        free++;
      }
      admit();
    }
  }
}
