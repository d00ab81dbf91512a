package dev.livekitbridge.server.security;

/** What a call is about. */
public enum Action {
  /** To join a room as the user, or to take the user's session over. */
  JOIN,
  /** To hear and to speak for the user. */
  STREAM,
  /** To end the user's session. */
  LEAVE,
  /** To play a file as the user. */
  PLAY,
  /** To stop a file that plays. */
  STOP,
  /** To ask how the user is connected. */
  STATUS,
  /** To see how many sessions and streams the bridge has, of all users; the user is empty. */
  TOTALS
}
