package dev.livekitbridge.server.room.livekit.sctp;

import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.MS;
import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.TSN;
import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.one;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.server.room.livekit.sctp.Packets.Chunk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Receiving, reassembly and acknowledgement: RFC 9260 sections 6.2 to 6.9. */
class ReceiverTest {
  private static final int ORDERED = 3;
  private static final int UNORDERED = 7;

  private final ScriptedPeer peer =
      new ScriptedPeer(SctpOptions.builder(true).maxMessageBytes(4000)).connect();
  private final int channel = peer.open(DataChannelConfig.reliable("r"));
  private final int other = openOther();
  private final int first = TSN + 2;

  private int openOther() {
    int id = peer.sctp.open(DataChannelConfig.reliable("o"), peer.now);
    peer.poll();
    peer.give(Packets.data(3, TSN + 1, id, 0, Wire.PPID_DCEP, "\u0002"));
    peer.sack(peer.theirTsn + 1, 1_000_000);
    peer.poll();
    peer.pass(200);
    peer.poll();
    return id;
  }

  private void data(int flags, int offset, int stream, int ssn, String text) {
    peer.give(Packets.data(flags, first + offset, stream, ssn, 53, text));
  }

  private Chunk sack() {
    return one(peer.poll(Wire.SACK));
  }

  private List<String> got() {
    return peer.recorder.messages.stream().map(Recorder.Message::text).toList();
  }

  @Test
  void everySecondPacketIsAcknowledgedAndALoneOneAfterTheDelay() {
    data(ORDERED, 0, channel, 1, "a");
    assertThat(peer.poll()).isEmpty();
    data(ORDERED, 1, channel, 2, "b");
    Chunk sack = sack();
    assertThat(sack.int32(0)).isEqualTo(first + 1);
    assertThat(sack.int32(8)).isZero();
    data(ORDERED, 2, channel, 3, "c");
    long start = peer.now;
    peer.nextDeadline();
    assertThat(peer.now - start).isEqualTo(100 * MS);
    assertThat(sack().int32(0)).isEqualTo(first + 2);
  }

  @Test
  void packetsThatComeApartAreAcknowledgedByFours() {
    peer.pass(2_000);
    peer.poll();
    for (int i = 0; i < 12; i++) {
      peer.pass(20);
      data(ORDERED, i, channel, i + 1, "m" + i);
      assertThat(peer.poll()).as("packet %d", i).hasSize(i % 4 == 3 ? 1 : 0);
    }
    // Two at once: their sender may wait for its window.
    data(ORDERED, 12, channel, 13, "m");
    data(ORDERED, 13, channel, 14, "m");
    assertThat(sack().int32(0)).isEqualTo(first + 13);
    // The third of them would fill it.
    for (int i = 14; i < 17; i++) {
      peer.pass(20);
      data(ORDERED, i, channel, i + 1, "m".repeat(1_100));
      assertThat(peer.poll()).hasSize(i == 16 ? 1 : 0);
    }
    assertThat(got()).hasSize(17);
  }

  @Test
  void whilePacketsGetLostEverySecondIsAcknowledged() {
    peer.pass(2_000);
    peer.poll();
    data(ORDERED, 1, channel, 2, "b");
    assertThat(sack().int32(0)).isEqualTo(first - 1);
    data(ORDERED, 0, channel, 1, "a");
    assertThat(sack().int32(0)).isEqualTo(first + 1);
    for (int i = 2; i < 22; i++) {
      peer.pass(20);
      data(ORDERED, i, channel, i + 1, "m" + i);
      assertThat(peer.poll()).as("packet %d", i).hasSize(i % 2);
    }
  }

  @Test
  void aChunkThatAsksForItIsAcknowledgedAtOnce() {
    data(ORDERED | Wire.IMMEDIATE, 0, channel, 1, "a");
    assertThat(sack().int32(0)).isEqualTo(first);
  }

  @Test
  void gapsAreToldAtOnceInBlocks() {
    data(ORDERED, 1, channel, 2, "b");
    data(ORDERED, 2, channel, 3, "c");
    data(ORDERED, 5, channel, 6, "f");
    Chunk sack = one(peer.poll(Wire.SACK));
    assertThat(sack.int32(0)).isEqualTo(first - 1);
    assertThat(sack.int16(8)).isEqualTo(2);
    assertThat(sack.int32(12)).isEqualTo(2 << 16 | 3);
    assertThat(sack.int32(16)).isEqualTo(6 << 16 | 6);
    assertThat(sack.int32(4)).isLessThan(1024 * 1024);
    assertThat(got()).isEmpty();
    data(ORDERED, 0, channel, 1, "a");
    assertThat(got()).containsExactly("a", "b", "c");
    assertThat(sack().int32(0)).isEqualTo(first + 2);
  }

  @Test
  void atTheEndWhatWaitsIsPassedOnAllTheSame() {
    data(ORDERED, 1, channel, 2, "b");
    data(Wire.BEGIN, 3, other, 1, "half");
    data(ORDERED, 5, channel, 4, "d");
    assertThat(got()).isEmpty();
    peer.sctp.deliverHeld();
    assertThat(got()).containsExactly("b", "d");
  }

  @Test
  void duplicatesAreToldAndNotPassedOn() {
    data(ORDERED, 0, channel, 1, "a");
    data(ORDERED, 0, channel, 1, "a");
    data(UNORDERED, 3, channel, 0, "u");
    data(UNORDERED, 3, channel, 0, "u");
    Chunk sack = sack();
    assertThat(sack.int16(10)).isEqualTo(2);
    assertThat(sack.int32(12)).isEqualTo(3 << 16 | 3);
    assertThat(sack.int32(16)).isEqualTo(first);
    assertThat(sack.int32(20)).isEqualTo(first + 3);
    assertThat(got()).containsExactly("a", "u");
  }

  @Test
  void aMissingMessageHoldsUpItsOwnStreamOnly() {
    data(ORDERED, 1, channel, 2, "later");
    data(ORDERED, 2, other, 1, "other 1");
    data(ORDERED, 4, other, 3, "other 3");
    data(UNORDERED, 5, channel, 0, "any");
    assertThat(got()).containsExactly("other 1", "any");
    data(ORDERED, 3, other, 2, "other 2");
    assertThat(got()).containsExactly("other 1", "any", "other 2", "other 3");
    data(ORDERED, 0, channel, 1, "first");
    assertThat(got()).endsWith("first", "later");
  }

  @Test
  void chunksAreJoinedInAnyOrderOfArrival() {
    data(0, 2, channel, 1, "3");
    data(Wire.BEGIN, 0, channel, 1, "1");
    data(Wire.END, 3, channel, 1, "4");
    data(0, 1, channel, 1, "2");
    assertThat(got()).containsExactly("1234");
  }

  @Test
  void unorderedChunksBeyondAGapAreJoined() {
    data(Wire.UNORDERED | Wire.END, 3, channel, 0, "b");
    data(Wire.UNORDERED | Wire.BEGIN, 2, channel, 0, "a");
    assertThat(got()).containsExactly("ab");
    data(ORDERED, 0, channel, 1, "x");
    data(ORDERED, 1, channel, 2, "y");
    assertThat(got()).containsExactly("ab", "x", "y");
    assertThat(sack().int32(0)).isEqualTo(first + 3);
  }

  @Test
  void sequenceNumbersWrap() {
    for (int i = 0; i < 70_000; i++) {
      data(ORDERED, i, channel, 1 + i & 0xffff, "m");
    }
    // Beyond a gap, where the stream sequence number decides.
    data(ORDERED, 70_001, other, 1, "o");
    data(ORDERED, 70_002, channel, 70_002 & 0xffff, "late");
    assertThat(got()).hasSize(70_001);
    data(ORDERED, 70_000, channel, 70_001 & 0xffff, "now");
    assertThat(got()).hasSize(70_003).endsWith("now", "late");
  }

  @Test
  void whatIsTooFarAheadIsNotTaken() {
    data(ORDERED, 9000, channel, 1, "far");
    assertThat(sack().int16(8)).isZero();
  }

  @Test
  void aMessageThatIsTooLongEndsTheAssociation() {
    data(Wire.BEGIN, 0, channel, 1, "x".repeat(2000));
    data(0, 1, channel, 1, "x".repeat(2000));
    assertThat(peer.recorder.closed).isNull();
    data(0, 2, channel, 1, "x");
    assertThat(peer.recorder.closed).isEqualTo(SctpCloseReason.PROTOCOL_ERROR);
    Chunk abort = one(peer.poll());
    assertThat(abort.type).isEqualTo(Wire.ABORT);
    assertThat(abort.int16(0)).isEqualTo(Wire.E_OUT_OF_RESOURCE);
  }

  @Test
  void dataWithoutUserDataIsAborted() {
    peer.give(Packets.chunk(Wire.DATA, 3, Packets.ints(first, channel << 16, 53)));
    Chunk abort = one(peer.poll());
    assertThat(abort.int16(0)).isEqualTo(Wire.E_NO_USER_DATA);
    assertThat(abort.int32(4)).isEqualTo(first);
  }

  @Test
  void aForwardTsnSkipsWhatIsMissing() {
    data(Wire.BEGIN, 0, channel, 1, "half");
    data(ORDERED, 3, channel, 3, "three");
    data(ORDERED, 5, channel, 5, "five");
    assertThat(got()).isEmpty();
    // The rest of message 1 and all of 2 are given up.
    peer.give(Packets.chunk(Wire.FORWARD_TSN, 0, Packets.ints(first + 2, channel << 16 | 2)));
    assertThat(got()).containsExactly("three");
    Chunk sack = sack();
    assertThat(sack.int32(0)).isEqualTo(first + 3);
    assertThat(sack.int32(12)).isEqualTo(2 << 16 | 2);
    data(ORDERED, 4, channel, 4, "four");
    assertThat(got()).containsExactly("three", "four", "five");
  }

  @Test
  void whatAForwardTsnPassesOverAndIsHereIsPassedOn() {
    data(ORDERED, 1, channel, 2, "two");
    data(Wire.BEGIN, 3, channel, 4, "part");
    peer.give(Packets.chunk(Wire.FORWARD_TSN, 0, Packets.ints(first + 4, channel << 16 | 4)));
    assertThat(got()).containsExactly("two");
    data(ORDERED, 5, channel, 5, "five");
    assertThat(got()).containsExactly("two", "five");
  }

  @Test
  void aForwardTsnFarAheadIsTaken() {
    data(UNORDERED, 7, channel, 0, "u");
    peer.give(Packets.chunk(Wire.FORWARD_TSN, 0, Packets.ints(first + 1_000_000)));
    assertThat(sack().int32(0)).isEqualTo(first + 1_000_000);
    data(ORDERED, 1_000_001, channel, 1, "on");
    assertThat(got()).containsExactly("u", "on");
  }

  @Test
  void anOldForwardTsnIsAnsweredWithASackOnly() {
    data(ORDERED, 0, channel, 1, "a");
    peer.give(Packets.chunk(Wire.FORWARD_TSN, 0, Packets.ints(first - 5)));
    assertThat(sack().int32(0)).isEqualTo(first);
  }

  @Test
  void theWindowClosesAndAGapIsStillFilled() {
    String text = "x".repeat(1000);
    for (int i = 1; i < 1200; i++) {
      data(ORDERED, i, channel, 1 + i, text);
    }
    Chunk sack = sack();
    assertThat(sack.int32(4)).isLessThan(2000);
    data(ORDERED, 0, channel, 1, text);
    assertThat(got().size()).isBetween(900, 1000);
    assertThat(sack().int32(4)).isEqualTo(1024 * 1024);
  }

  @Test
  void aReceivedMessageIsAViewOfThePacket() {
    byte[] packet =
        Packets.packet(peer.tag, Packets.data(3, first, channel, 1, Wire.PPID_STRING, "hello"));
    ByteBuffer direct = ByteBuffer.allocateDirect(packet.length + 7);
    direct.position(7).put(packet).position(7);
    peer.sctp.receive(direct.order(ByteOrder.LITTLE_ENDIAN), peer.now);
    assertThat(peer.recorder.messages)
        .containsExactly(new Recorder.Message(channel, "hello", false));
    assertThat(direct.position()).isEqualTo(7);
    assertThat(direct.limit()).isEqualTo(packet.length + 7);
  }
}
