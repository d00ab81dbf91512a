package dev.livekitbridge.examples.simulate.net;

/** Sees every message where it is sent and where it is taken. */
public interface CallObserver {
  /** The client's side of a call sends. */
  default void clientSends(CallTag call, Object message) {}

  /** The server's side takes what the client sent. */
  default void serverTakes(CallTag call, Object message) {}

  /** The server's side sends. */
  default void serverSends(CallTag call, Object message) {}

  /** The client's side takes what the server sent. */
  default void clientTakes(CallTag call, Object message) {}

  /** The call is over, as one of its sides sees it. */
  default void ended(CallTag call, boolean atClient, String how) {}
}
