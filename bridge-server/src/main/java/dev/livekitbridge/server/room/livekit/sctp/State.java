package dev.livekitbridge.server.room.livekit.sctp;

/** States of an association (RFC 9260 section 4); GONE is CLOSED for good. */
enum State {
  CLOSED,
  COOKIE_WAIT,
  COOKIE_ECHOED,
  ESTABLISHED,
  SHUTDOWN_PENDING,
  SHUTDOWN_SENT,
  SHUTDOWN_RECEIVED,
  SHUTDOWN_ACK_SENT,
  GONE;

  /** Before it is established. */
  boolean settingUp() {
    return compareTo(ESTABLISHED) < 0;
  }

  /** DATA of the peer is taken (section 6). */
  boolean takesData() {
    return this == ESTABLISHED || this == SHUTDOWN_PENDING || this == SHUTDOWN_SENT;
  }

  /** What we have accepted is sent. */
  boolean sendsData() {
    return this == ESTABLISHED || this == SHUTDOWN_PENDING || this == SHUTDOWN_RECEIVED;
  }
}
