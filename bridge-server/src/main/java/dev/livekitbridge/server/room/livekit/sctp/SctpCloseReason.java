package dev.livekitbridge.server.room.livekit.sctp;

/** Why an association came to its end. */
public enum SctpCloseReason {
  /** Closed in good order by us or by the peer: all data was acknowledged. */
  SHUTDOWN,
  /** {@link SctpAssociation#abort} was called. */
  ABORTED,
  /** The peer aborted it. */
  PEER_ABORTED,
  /** The peer did not answer INIT or COOKIE ECHO. */
  UNREACHABLE,
  /** The peer stopped to answer. */
  PEER_LOST,
  /** The peer broke the protocol, so that going on is not possible. */
  PROTOCOL_ERROR
}
