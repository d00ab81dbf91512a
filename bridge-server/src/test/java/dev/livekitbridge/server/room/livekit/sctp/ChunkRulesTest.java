package dev.livekitbridge.server.room.livekit.sctp;

import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.TAG;
import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.TSN;
import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.one;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.server.room.livekit.sctp.Packets.Chunk;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tags, unknown chunks, heartbeats, shutdown, abort: RFC 9260 sections 3.2, 8, 9. */
class ChunkRulesTest {
  private final ScriptedPeer peer = new ScriptedPeer().connect();

  private static byte[] shutdown(int tsn) {
    return Packets.chunk(Wire.SHUTDOWN, 0, Packets.ints(tsn));
  }

  @Test
  void aPacketWithAnotherTagPortOrChecksumIsDropped() {
    byte[] heartbeat = Packets.chunk(Wire.HEARTBEAT, 0, Packets.ints(0x00010008, 5));
    peer.giveTagged(peer.tag + 1, heartbeat);
    byte[] packet = Packets.packet(peer.tag, heartbeat);
    byte[] damaged = packet.clone();
    damaged[19] ^= 1;
    peer.sctp.receive(ByteBuffer.wrap(damaged), peer.now);
    byte[] port = packet.clone();
    ByteBuffer.wrap(port).putShort(0, (short) 5001).putInt(8, 0);
    peer.sctp.receive(ByteBuffer.wrap(port), peer.now);
    assertThat(peer.poll()).isEmpty();
    peer.sctp.receive(ByteBuffer.wrap(packet), peer.now);
    assertThat(one(peer.poll()).type).isEqualTo(Wire.HEARTBEAT_ACK);
  }

  @Test
  void aPacketWithoutChecksumIsTakenOnlyWhereWeOfferedIt() {
    byte[] packet =
        Packets.packet(peer.tag, Packets.chunk(Wire.HEARTBEAT, 0, Packets.ints(0x00010008, 5)));
    ByteBuffer.wrap(packet).putInt(8, 0);
    peer.sctp.receive(ByteBuffer.wrap(packet), peer.now);
    assertThat(peer.poll()).hasSize(1);
    ScriptedPeer strict = new ScriptedPeer(SctpOptions.builder(true).zeroChecksum(false));
    strict.connect();
    ByteBuffer.wrap(packet).putInt(4, strict.tag);
    strict.sctp.receive(ByteBuffer.wrap(packet), strict.now);
    assertThat(strict.poll()).isEmpty();
  }

  @Test
  void unknownChunksGoByTheirHighBits() {
    byte[] heartbeat = Packets.chunk(Wire.HEARTBEAT, 0, Packets.ints(0x00010008, 5));
    peer.give(Packets.chunk(0x3f, 0, Packets.ints(1)), heartbeat);
    assertThat(peer.poll()).isEmpty();
    peer.give(Packets.chunk(0xbf, 0, Packets.ints(1)), heartbeat);
    assertThat(one(peer.poll()).type).isEqualTo(Wire.HEARTBEAT_ACK);
    peer.give(Packets.chunk(0x7f, 0, Packets.ints(1)), heartbeat);
    Chunk error = one(peer.poll());
    assertThat(error.type).isEqualTo(Wire.ERROR);
    assertThat(error.int16(0)).isEqualTo(Wire.E_UNRECOGNIZED_CHUNK);
    assertThat(error.int16(4)).isEqualTo(0x7f00);
    peer.give(Packets.chunk(0xff, 0, Packets.ints(1)), heartbeat);
    assertThat(peer.poll()).extracting(c -> c.type).containsExactly(Wire.ERROR, Wire.HEARTBEAT_ACK);
  }

  @Test
  void aFloodOfQuestionsIsAnsweredInBounds() {
    byte[] heartbeat = Packets.chunk(Wire.HEARTBEAT, 0, new byte[40]);
    for (int i = 0; i < 10_000; i++) {
      peer.give(heartbeat);
    }
    assertThat(peer.poll()).hasSize(16);
  }

  @Test
  void aQuietPeerIsAskedWhetherItIsAlive() {
    long start = peer.now;
    peer.nextDeadline();
    assertThat((peer.now - start) / ScriptedPeer.MS).isBetween(30_000L, 31_000L);
    Chunk heartbeat = one(peer.poll());
    assertThat(heartbeat.type).isEqualTo(Wire.HEARTBEAT);
    byte[] info = new byte[heartbeat.value.limit()];
    heartbeat.value.get(0, info);
    peer.give(Packets.chunk(Wire.HEARTBEAT_ACK, 0, info));
    start = peer.now;
    peer.nextDeadline();
    assertThat((peer.now - start) / ScriptedPeer.MS).isBetween(30_000L, 31_000L);
    while (peer.recorder.closed == null) {
      peer.poll();
      peer.nextDeadline();
    }
    assertThat(peer.recorder.closed).isEqualTo(SctpCloseReason.PEER_LOST);
  }

  @Test
  void thePeersAbortEndsIt() {
    peer.give(Packets.chunk(Wire.ABORT, 0, Packets.ints(0x000c0004)));
    assertThat(peer.recorder.closed).isEqualTo(SctpCloseReason.PEER_ABORTED);
    assertThat(peer.recorder.detail).isEqualTo("cause 12");
    assertThat(peer.poll()).isEmpty();
    assertThat(peer.sctp.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anAbortWithTheReflectedTagIsTakenAndAForeignOneNot() {
    peer.giveTagged(TAG, Packets.chunk(Wire.ABORT, 0));
    peer.giveTagged(peer.tag, Packets.chunk(Wire.ABORT, Wire.REFLECTED));
    assertThat(peer.recorder.closed).isNull();
    peer.giveTagged(TAG, Packets.chunk(Wire.ABORT, Wire.REFLECTED));
    assertThat(peer.recorder.closed).isEqualTo(SctpCloseReason.PEER_ABORTED);
  }

  @Test
  void ourAbortTellsThePeerAndEndsAllTimers() {
    peer.sctp.abort("leaving");
    Chunk abort = one(peer.poll());
    assertThat(abort.type).isEqualTo(Wire.ABORT);
    assertThat(abort.int16(0)).isEqualTo(Wire.E_USER_ABORT);
    assertThat(peer.recorder.closed).isEqualTo(SctpCloseReason.ABORTED);
    assertThat(peer.sctp.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    // A peer that did not get it learns of it by its next packet.
    peer.give(Packets.data(3, TSN, 0, 0, 53, "x"));
    byte[] packet = peer.packets().get(0);
    Chunk again = one(Packets.chunks(packet));
    assertThat(again.type).isEqualTo(Wire.ABORT);
    assertThat(again.flags).isEqualTo(Wire.REFLECTED);
    assertThat(Packets.tag(packet)).isEqualTo(peer.tag);
    peer.sctp.abort("twice");
    assertThat(peer.poll()).isEmpty();
  }

  @Test
  void weShutDownWhenAllIsAcknowledged() {
    int channel = peer.open(DataChannelConfig.reliable("r"));
    peer.send(channel, 100);
    peer.sctp.close(peer.now);
    List<Chunk> chunks = peer.poll();
    assertThat(one(chunks).type).isEqualTo(Wire.DATA);
    assertThat(peer.sctp.send(channel, ByteBuffer.allocate(1), true, peer.now)).isFalse();
    peer.sack(peer.theirTsn + 1, 1_000_000);
    Chunk shutdown = one(peer.poll());
    assertThat(shutdown.type).isEqualTo(Wire.SHUTDOWN);
    assertThat(shutdown.int32(0)).isEqualTo(TSN);
    peer.nextDeadline();
    assertThat(one(peer.poll()).type).isEqualTo(Wire.SHUTDOWN);
    // Data of the peer is still taken, and answered.
    peer.give(Packets.data(3, TSN + 1, channel, 1, 53, "late"));
    assertThat(peer.recorder.texts(channel)).containsExactly("late");
    assertThat(peer.poll()).last().satisfies(c -> assertThat(c.int32(0)).isEqualTo(TSN + 1));
    peer.give(Packets.chunk(Wire.SHUTDOWN_ACK, 0));
    assertThat(one(peer.poll()).type).isEqualTo(Wire.SHUTDOWN_COMPLETE);
    assertThat(peer.recorder.closed).isEqualTo(SctpCloseReason.SHUTDOWN);
    // Our last word was lost.
    peer.give(Packets.chunk(Wire.SHUTDOWN_ACK, 0));
    assertThat(one(peer.poll()).type).isEqualTo(Wire.SHUTDOWN_COMPLETE);
  }

  @Test
  void thePeersShutdownIsAnsweredWhenOurDataIsThere() {
    int channel = peer.open(DataChannelConfig.reliable("r"));
    peer.send(channel, 100);
    peer.poll();
    peer.give(shutdown(peer.theirTsn));
    assertThat(peer.poll()).isEmpty();
    peer.give(shutdown(peer.theirTsn + 1));
    assertThat(one(peer.poll()).type).isEqualTo(Wire.SHUTDOWN_ACK);
    // An INIT now tells that the peer has not heard it.
    peer.giveTagged(0, ScriptedPeer.init(Wire.INIT, 100_000));
    assertThat(one(peer.poll()).type).isEqualTo(Wire.SHUTDOWN_ACK);
    peer.give(Packets.chunk(Wire.SHUTDOWN_COMPLETE, 0));
    assertThat(peer.recorder.closed).isEqualTo(SctpCloseReason.SHUTDOWN);
  }

  @Test
  void aShutdownThatIsNotAnsweredIsGivenUp() {
    peer.sctp.close(peer.now);
    long start = peer.now;
    while (peer.recorder.closed == null) {
      peer.poll();
      peer.nextDeadline();
    }
    assertThat(peer.recorder.closed).isEqualTo(SctpCloseReason.PEER_LOST);
    assertThat((peer.now - start) / ScriptedPeer.MS).isEqualTo(15_000);
    assertThat(one(peer.poll()).type).isEqualTo(Wire.ABORT);
  }

  @Test
  void bothCloseInGoodOrderOverABadWire() {
    for (long seed = 0; seed < 60; seed++) {
      SctpWire wire = new SctpWire(seed);
      wire.loss = 0.1;
      wire.jitter = 4 * SctpWire.MS;
      wire.duplicate = 0.1;
      wire.connect();
      int channel = wire.a.sctp.open(DataChannelConfig.reliable("r"), wire.now);
      for (int i = 0; i < 20; i++) {
        wire.a.send(channel, "m".repeat(2000));
      }
      wire.a.sctp.close(wire.now);
      if (seed % 2 == 0) {
        wire.b.sctp.close(wire.now);
      }
      wire.a.flush();
      wire.b.flush();
      wire.run(60_000);
      assertThat(wire.a.recorder.closed).as("seed %s", seed).isNotNull();
      assertThat(wire.b.recorder.closed).as("seed %s", seed).isNotNull();
      assertThat(wire.b.recorder.texts(channel)).as("seed %s", seed).hasSize(20);
    }
  }

  @Test
  void callsAfterTheEndDoNothing() {
    peer.sctp.abort("x");
    peer.poll();
    peer.sctp.start(peer.now);
    peer.sctp.close(peer.now);
    peer.sctp.onTimeout(peer.now);
    peer.sctp.closeChannel(0);
    assertThat(peer.poll()).isEmpty();
    assertThat(peer.sctp.bufferedBytes()).isZero();
  }

  @Test
  void aListenerMayEndItInTheMiddleOfAPacket() {
    SctpAssociation[] self = new SctpAssociation[1];
    int[] count = {0};
    SctpListener listener =
        (channel, bytes, binary) -> {
          count[0]++;
          self[0].abort("enough");
        };
    SctpWire wire = new SctpWire(1);
    SctpAssociation other =
        new SctpAssociation(SctpOptions.builder(false).build(), listener, wire.random);
    self[0] = other;
    int channel = wire.a.sctp.open(DataChannelConfig.reliable("r"), wire.now);
    wire.a.sctp.send(channel, ByteBuffer.allocate(10), true, wire.now);
    wire.a.sctp.send(channel, ByteBuffer.allocate(10), true, wire.now);
    wire.a.sctp.start(wire.now);
    for (int i = 0; i < 10; i++) {
      for (ByteBuffer p; (p = wire.a.sctp.poll(wire.now)) != null; ) {
        other.receive(p, wire.now);
      }
      for (ByteBuffer p; (p = other.poll(wire.now)) != null; ) {
        wire.a.sctp.receive(p, wire.now);
      }
    }
    assertThat(count[0]).isEqualTo(1);
    assertThat(wire.a.recorder.closed).isEqualTo(SctpCloseReason.PEER_ABORTED);
  }
}
