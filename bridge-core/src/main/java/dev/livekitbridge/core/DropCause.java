package dev.livekitbridge.core;

/** Why a frame was not delivered. Every lost frame is counted under one of these. */
public enum DropCause {
  /** The store or channel was full (frames, bytes or time) and this one had to make room. */
  OVERFLOW,
  /** It was older than the caller wants to hear. */
  STALE,
  /** The consumer was too slow; its own oldest frames made room. */
  SLOW_CONSUMER,
  /** It was not valid audio. */
  INVALID,
  /** The session closed before it could be delivered. */
  CLOSED,
  /** There was no room to hand it to. */
  ROOM_LOST
}
