package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.server.room.livekit.sctp.DataChannelConfig;
import dev.livekitbridge.server.room.livekit.sctp.SctpAssociation;
import dev.livekitbridge.server.room.livekit.sctp.SctpListener;
import dev.livekitbridge.server.room.livekit.sctp.SctpOptions;
import dev.livekitbridge.server.room.livekit.sdp.Descriptions;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;

/** The data channels of one peer connection, with their timer. On the room's event loop only. */
final class SctpLink {
  private final Engine engine;
  private final PeerTransport transport;
  private final SctpAssociation association;
  private final MachineTimer timer;
  private boolean closed;

  SctpLink(
      Engine engine,
      EventLoop loop,
      PeerTransport transport,
      boolean dtlsClient,
      SctpListener listener) {
    this.engine = engine;
    this.transport = transport;
    this.timer = new MachineTimer(loop, engine.time(), this::due);
    SctpOptions options =
        SctpOptions.builder(dtlsClient).maxMessageBytes(Descriptions.MAX_MESSAGE_BYTES).build();
    this.association = new SctpAssociation(options, listener, engine.random());
  }

  void start() {
    association.start(engine.time().nanoTime());
    pump();
  }

  /** Opens a channel; it takes messages at once. */
  int open(DataChannelConfig config) {
    int channel = association.open(config, engine.time().nanoTime());
    pump();
    return channel;
  }

  /** Whether it took the message; what it did not take can be sent when it is writable again. */
  boolean send(int channel, ByteBuffer message) {
    boolean taken = association.send(channel, message, true, engine.time().nanoTime());
    pump();
    return taken;
  }

  void receive(ByteBuffer datagram) {
    association.receive(datagram, engine.time().nanoTime());
    pump();
  }

  /** Nothing more will come: passes on the messages that wait for an earlier one. */
  void playOut() {
    association.deliverHeld();
  }

  private void due() {
    association.onTimeout(engine.time().nanoTime());
    pump();
  }

  private void pump() {
    long now = engine.time().nanoTime();
    for (ByteBuffer next = association.poll(now); next != null; next = association.poll(now)) {
      transport.send(next);
    }
    if (!closed) {
      timer.at(association.deadlineNanos());
    }
  }

  void close() {
    closed = true;
    timer.cancel();
  }
}
