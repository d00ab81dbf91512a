package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.LostSpan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Something that happened to a session. Events are told in order, one at a time for each session,
 * on the session's executor, after the change they tell of.
 */
public sealed interface SessionEvent {
  /**
   * The session moved on.
   *
   * @param from where it was
   * @param to where it is
   * @param fault what led to it, or empty when nothing went wrong
   */
  record StateChanged(ConnectionState from, ConnectionState to, Optional<Fault> fault)
      implements SessionEvent {}

  /**
   * Audio flows again after a fault. Told at the first frame in either direction on the new stream,
   * or 500 ms after the stream is up if there is no audio.
   *
   * @param fault the first fault of this outage
   * @param outage from the fault to the new stream
   * @param faultToAudio from the fault to the first frame; empty if there was none yet
   * @param tries joins and attaches it took, at least 1
   * @param resumed whether the bridge had kept the session
   */
  record Reconnected(
      Fault fault, Duration outage, Optional<Duration> faultToAudio, int tries, boolean resumed)
      implements SessionEvent {}

  /**
   * Frames from the room that will not come: the bridge gave them up, or died with them.
   *
   * @param span which
   */
  record FramesLost(LostSpan span) implements SessionEvent {}

  /**
   * The session was living at the bridge, and another process (a former run of this service) had
   * it. What that process had accepted and not sent died with it: how many frames nobody knows, so
   * a span tells after which number, and how long the bridge had got none.
   *
   * @param unsent one span for each track that the other process sent; its {@code fromSequence} is
   *     the first number that the bridge never saw, {@code frames()} is 0
   */
  record TakenOver(List<LostSpan> unsent) implements SessionEvent {
    /**
     * Takes a copy of the list.
     *
     * @param unsent one span for each track that the other process sent; its {@code fromSequence}
     *     is the first number that the bridge never saw, {@code frames()} is 0
     */
    public TakenOver {
      unsent = List.copyOf(unsent);
    }
  }

  /**
   * Frames were given up on this side. Told at most once a second for each direction and cause.
   *
   * @param direction which way they were going
   * @param cause why
   * @param frames how many since the last such event
   */
  record FramesDropped(Direction direction, DropCause cause, long frames) implements SessionEvent {}

  /**
   * No success for some time: the service should go on without the bridge. The session goes on
   * trying.
   *
   * @param since how long there was no success
   * @param fault the latest fault
   */
  record Degraded(Duration since, Optional<Fault> fault) implements SessionEvent {}

  /** The fallback receives the frames from now on. */
  record FallbackStarted() implements SessionEvent {}

  /**
   * The bridge receives the frames again.
   *
   * @param frames how many the fallback was given
   */
  record FallbackEnded(long frames) implements SessionEvent {}

  /**
   * The session reconnects too often. Told once, and again only after it had calmed down.
   *
   * @param alert how often
   */
  record Alert(ReconnectAlert alert) implements SessionEvent {}

  /**
   * The bridge shuts down; the session goes elsewhere.
   *
   * @param remaining until it is gone
   */
  record Draining(Duration remaining) implements SessionEvent {}

  /**
   * The session goes on at another bridge, without a break: the first one announced its end, or was
   * lost while a standby was ready.
   *
   * @param from target of the bridge it was at
   * @param to target of the bridge it is at
   * @param fault why it had to be; empty where the move was planned
   * @param join how the room's audio of the two was put together
   */
  record HandedOver(String from, String to, Optional<Fault> fault, Join join)
      implements SessionEvent {}

  /**
   * The standby became ready, or is not any more.
   *
   * @param ready whether it would go on if the first bridge were lost now
   * @param bridge where it is; empty if it is not ready
   * @param detail for people: why it is not ready
   */
  record StandbyChanged(boolean ready, String bridge, String detail) implements SessionEvent {}

  /** How the room's audio of two bridges was put together. */
  enum Join {
    /** By its content: no frame is lost, none comes twice. */
    MATCHED,
    /** By time, since nothing was unmistakable: up to 40 ms are lost or come twice. */
    BY_TIME,
    /** Nobody spoke. */
    SILENT
  }

  /**
   * The session is over, for good. The last event.
   *
   * @param reason why; {@link CloseReason#LEFT} after {@link BridgeSession#close}
   * @param detail for people; holds no secret
   */
  record Closed(CloseReason reason, String detail) implements SessionEvent {}

  /** Which way audio goes. */
  enum Direction {
    /** From the service to the room. */
    SENT,
    /** From the room to the service. */
    RECEIVED
  }
}
