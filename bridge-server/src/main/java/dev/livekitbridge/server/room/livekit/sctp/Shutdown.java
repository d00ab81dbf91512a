package dev.livekitbridge.server.room.livekit.sctp;

import org.jspecify.annotations.Nullable;

/** The end in good order (RFC 9260 section 9.2). */
final class Shutdown {
  private final SctpAssociation association;
  private final ControlQueue control;
  private final long guardNanos;
  private final Timer t2 = new Timer();
  private final Timer t5 = new Timer();

  Shutdown(SctpAssociation association, ControlQueue control, SctpOptions options) {
    this.association = association;
    this.control = control;
    this.guardNanos = 5 * options.rtoMaxNanos;
  }

  long earlier(long deadline) {
    return t5.earlier(t2.earlier(deadline));
  }

  void begin(Tcb tcb, long now) {
    association.enter(State.SHUTDOWN_PENDING);
    t5.startAt(now + guardNanos);
    progress(tcb, now);
  }

  /** All data may have been acknowledged by now. */
  void progress(Tcb tcb, long now) {
    State state = association.state();
    if (!tcb.sender.isDone()) {
      return;
    }
    if (state == State.SHUTDOWN_PENDING) {
      association.enter(State.SHUTDOWN_SENT);
      send(tcb, now);
    } else if (state == State.SHUTDOWN_RECEIVED) {
      association.enter(State.SHUTDOWN_ACK_SENT);
      send(tcb, now);
    }
  }

  private void send(Tcb tcb, long now) {
    if (association.state() == State.SHUTDOWN_SENT) {
      control.add(tcb.peerTag, Chunks.shutdown(tcb.receiver.cumulative()));
    } else {
      control.add(tcb.peerTag, Chunks.empty(Wire.SHUTDOWN_ACK, 0));
    }
    t2.startAt(now + tcb.rto.nanos());
  }

  void onTimeout(@Nullable Tcb tcb, long now) {
    if (tcb == null) {
      return;
    }
    if (t5.take(now)) {
      association.abort("shutdown took too long", SctpCloseReason.PEER_LOST);
    } else if (t2.take(now)) {
      tcb.rto.backOff();
      if (tcb.rto.countError()) {
        send(tcb, now);
      } else {
        association.end(SctpCloseReason.PEER_LOST, "no answer to SHUTDOWN");
      }
    }
  }

  void onShutdown(Tcb tcb, int cumulative, long now) {
    switch (association.state()) {
      case ESTABLISHED, SHUTDOWN_PENDING, SHUTDOWN_RECEIVED -> {
        association.enter(State.SHUTDOWN_RECEIVED);
        if (!t5.running()) {
          t5.startAt(now + guardNanos);
        }
        tcb.sender.onShutdown(cumulative, now);
        progress(tcb, now);
      }
      case SHUTDOWN_SENT -> {
        association.enter(State.SHUTDOWN_ACK_SENT);
        send(tcb, now);
      }
      case SHUTDOWN_ACK_SENT -> send(tcb, now);
      default -> {
        // Not established, or gone.
      }
    }
  }

  /** Data in SHUTDOWN-SENT is answered by a SHUTDOWN with the new cumulative TSN. */
  void onData(Tcb tcb, long now) {
    if (association.state() == State.SHUTDOWN_SENT) {
      send(tcb, now);
    }
  }

  /** An INIT while we wait for the last word: the peer has not heard our SHUTDOWN ACK. */
  boolean answersInit(@Nullable Tcb tcb, long now) {
    if (tcb == null || association.state() != State.SHUTDOWN_ACK_SENT) {
      return false;
    }
    send(tcb, now);
    return true;
  }

  void onShutdownAck(Tcb tcb) {
    State state = association.state();
    if (state == State.SHUTDOWN_SENT || state == State.SHUTDOWN_ACK_SENT) {
      control.add(tcb.peerTag, Chunks.empty(Wire.SHUTDOWN_COMPLETE, 0));
      association.end(SctpCloseReason.SHUTDOWN, "shut down");
    }
  }

  void onShutdownComplete() {
    if (association.state() == State.SHUTDOWN_ACK_SENT) {
      association.end(SctpCloseReason.SHUTDOWN, "shut down by the peer");
    }
  }

  void stop() {
    t2.stop();
    t5.stop();
  }
}
