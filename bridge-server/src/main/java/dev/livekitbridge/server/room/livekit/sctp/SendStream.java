package dev.livekitbridge.server.room.livekit.sctp;

import java.util.ArrayDeque;

/** The outgoing half of a stream: what waits, and the next stream sequence number. */
final class SendStream {
  final int id;
  final ArrayDeque<OutMessage> waiting = new ArrayDeque<>(4);
  int nextSsn;

  /** Whether it stands in the line of streams that have something to send. */
  boolean inLine;

  SendStream(int id) {
    this.id = id;
  }
}
