package dev.livekitbridge.server.session;

import dev.livekitbridge.proto.JoinRoomResponse;

/** Where the answer to a join goes; called exactly once. */
@FunctionalInterface
public interface JoinReply {
  /** The answer. */
  void answer(JoinRoomResponse response);

  /** Who asks, as far as callers are told apart. */
  default String caller() {
    return "";
  }
}
