package dev.livekitbridge.server.room.livekit.sctp;

import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.MS;
import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.one;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.server.room.livekit.sctp.Packets.Chunk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Sending, retransmission, congestion control: RFC 9260 sections 6.1, 6.3, 6.9, 7.2. */
class SenderTest {
  private static final int FULL = 1160;

  private final ScriptedPeer peer = new ScriptedPeer().connect();
  private final int channel = peer.open(DataChannelConfig.reliable("r"));
  private final int first = peer.theirTsn + 1;

  private static List<Integer> tsns(List<Chunk> data) {
    return data.stream().map(c -> c.int32(0)).toList();
  }

  private List<Integer> range(int from, int count) {
    List<Integer> tsns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tsns.add(first + from + i);
    }
    return tsns;
  }

  @Test
  void smallMessagesShareAPacket() {
    peer.send(channel, 100);
    peer.send(channel, 101);
    List<Chunk> chunks = Packets.chunks(peer.packets().get(0));
    assertThat(tsns(chunks)).isEqualTo(range(0, 2));
    assertThat(chunks).extracting(c -> c.flags).containsExactly(3, 3);
    assertThat(chunks).extracting(c -> c.int16(6)).containsExactly(1, 2);
  }

  @Test
  void aLongMessageIsCutIntoChunksWithConsecutiveTsnsAndOneSsn() {
    peer.send(channel, 2 * FULL + 10);
    List<Chunk> data = peer.poll(Wire.DATA);
    assertThat(tsns(data)).isEqualTo(range(0, 3));
    assertThat(data).extracting(c -> c.flags).containsExactly(2, 0, 1);
    assertThat(data).extracting(c -> c.int16(6)).containsOnly(1);
    assertThat(data).extracting(c -> c.value.limit() - 12).containsExactly(FULL, FULL, 10);
  }

  @Test
  void packetsStayWithinTheMtu() {
    peer.send(channel, 60_000);
    for (int i = 0; i < 30; i++) {
      for (byte[] packet : peer.packets()) {
        assertThat(packet.length).isLessThanOrEqualTo(1191);
        assertThat(packet.length).isPositive().matches(n -> n % 4 == 0);
        Chunk last = Packets.chunks(packet).get(0);
        peer.sack(last.int32(0), 1_000_000);
      }
    }
    assertThat(peer.sctp.bufferedBytes()).isZero();
  }

  @Test
  void theFirstFlightIsFourPacketsAtMost() {
    peer.send(channel, 20_000);
    assertThat(peer.poll(Wire.DATA)).hasSize(4);
  }

  @Test
  void slowStartGrowsByAPacketForEachSackThatAdvances() {
    peer.send(channel, 60_000);
    assertThat(peer.poll(Wire.DATA)).hasSize(4);
    peer.sack(first + 1, 1_000_000);
    assertThat(peer.poll(Wire.DATA)).hasSize(3);
    peer.sack(first + 1, 1_000_000);
    assertThat(peer.poll(Wire.DATA)).isEmpty();
  }

  @Test
  void anAcknowledgementThatIsOldOrFromNowhereIsIgnored() {
    peer.send(channel, 3000);
    peer.poll();
    peer.sack(first + 100, 1_000_000);
    peer.sack(first - 20, 1_000_000);
    assertThat(peer.sctp.bufferedBytes()).isEqualTo(3000);
    peer.sack(first + 2, 1_000_000);
    assertThat(peer.sctp.bufferedBytes()).isZero();
  }

  @Test
  void threeMissingReportsRetransmitAtOnce() {
    for (int i = 0; i < 4; i++) {
      peer.send(channel, 1000);
    }
    assertThat(peer.poll(Wire.DATA)).hasSize(4);
    peer.sack(first - 1, 1_000_000, 2, 2);
    peer.sack(first - 1, 1_000_000, 2, 3);
    assertThat(peer.poll(Wire.DATA)).isEmpty();
    peer.sack(first - 1, 1_000_000, 2, 4);
    assertThat(tsns(peer.poll(Wire.DATA))).containsExactly(first);
  }

  @Test
  void aSackThatTellsNothingNewCountsForNothing() {
    for (int i = 0; i < 4; i++) {
      peer.send(channel, 1000);
    }
    peer.poll();
    for (int i = 0; i < 5; i++) {
      peer.sack(first - 1, 1_000_000, 2, 2);
    }
    assertThat(peer.poll(Wire.DATA)).isEmpty();
  }

  @Test
  void aLostRetransmissionIsNoticedByWhatWasSentAfterIt() {
    for (int i = 0; i < 4; i++) {
      peer.send(channel, 100);
    }
    peer.poll();
    for (int end = 2; end <= 4; end++) {
      peer.sack(first - 1, 1_000_000, 2, end);
    }
    assertThat(tsns(peer.poll(Wire.DATA))).containsExactly(first);
    for (int i = 5; i <= 7; i++) {
      peer.send(channel, 100);
      peer.poll();
      peer.sack(first - 1, 1_000_000, 2, i);
    }
    assertThat(tsns(peer.poll(Wire.DATA))).containsExactly(first);
  }

  @Test
  void aLossHalvesTheWindowOnceInAFlight() {
    peer.send(channel, 60_000);
    int acked = first - 1;
    for (int i = 0; i < 12; i++) {
      peer.poll();
      acked += 1;
      peer.sack(acked, 1_000_000);
    }
    peer.poll();
    Tcb tcb = Objects.requireNonNull(peer.sctp.tcb());
    int before = tcb.sender.congestionWindow();
    assertThat(before).isGreaterThan(12 * FULL);
    for (int end = 3; end <= 6; end++) {
      // The first and the second of them are missing.
      peer.sack(acked, 1_000_000, 3, end);
    }
    int after = tcb.sender.congestionWindow();
    assertThat(after).isEqualTo(before / 2);
    assertThat(tsns(peer.poll(Wire.DATA))).startsWith(acked + 1);
  }

  @Test
  void whatThePeerDropsAgainIsSentAgain() {
    for (int i = 0; i < 3; i++) {
      peer.send(channel, 1000);
    }
    peer.poll();
    peer.sack(first - 1, 1_000_000, 2, 3);
    peer.sack(first, 1_000_000);
    assertThat(peer.sctp.bufferedBytes()).isEqualTo(2000);
    peer.nextDeadline();
    assertThat(tsns(peer.poll(Wire.DATA))).contains(first + 1);
  }

  @Test
  void t3RetransmitsOnePacketAndBacksOff() {
    peer.send(channel, 3 * FULL);
    peer.poll();
    long start = peer.now;
    peer.nextDeadline();
    long firstTimeout = peer.now - start;
    assertThat(tsns(peer.poll(Wire.DATA))).containsExactly(first);
    start = peer.now;
    peer.nextDeadline();
    assertThat(peer.now - start).isEqualTo(2 * firstTimeout);
    assertThat(tsns(peer.poll(Wire.DATA))).containsExactly(first);
    peer.sack(first, 1_000_000);
    assertThat(tsns(peer.poll(Wire.DATA))).startsWith(first + 1);
  }

  @Test
  void theTimeoutFollowsTheRoundTripAndKeepsThePeersSackDelayInMind() {
    for (int i = 0; i < 30; i++) {
      peer.send(channel, 10);
      peer.poll();
      peer.now += 80 * MS;
      peer.sack(first + i, 1_000_000);
    }
    peer.send(channel, 10);
    peer.poll();
    assertThat(peer.sctp.deadlineNanos() - peer.now).isBetween(295 * MS, 301 * MS);
  }

  @Test
  void aRetransmittedChunkIsNotTimed() {
    peer.send(channel, 10);
    peer.poll();
    long initial = peer.sctp.deadlineNanos() - peer.now;
    peer.nextDeadline();
    peer.poll();
    peer.sack(first, 1_000_000);
    peer.send(channel, 10);
    peer.poll();
    assertThat(peer.sctp.deadlineNanos() - peer.now).isEqualTo(2 * initial);
  }

  @Test
  void aSilentPeerIsGivenUp() {
    peer.send(channel, 10);
    while (peer.recorder.closed == null) {
      peer.poll();
      peer.nextDeadline();
    }
    assertThat(peer.recorder.closed).isEqualTo(SctpCloseReason.PEER_LOST);
    assertThat(peer.now / MS).isBetween(30_000L, 90_000L);
    assertThat(peer.sctp.send(channel, ByteBuffer.allocate(1), true, peer.now)).isFalse();
  }

  @Test
  void thePeersWindowIsKept() {
    peer.sack(first - 1, 1500);
    peer.send(channel, 1000);
    peer.send(channel, 1000);
    assertThat(peer.poll(Wire.DATA)).hasSize(1);
    peer.sack(first, 1500);
    assertThat(peer.poll(Wire.DATA)).hasSize(1);
  }

  @Test
  void aClosedWindowIsProbedForAsLongAsThePeerAnswers() {
    peer.sack(first - 1, 0);
    for (int i = 0; i < 5; i++) {
      peer.send(channel, 1000);
    }
    assertThat(peer.poll(Wire.DATA)).hasSize(1);
    for (int i = 0; i < 60; i++) {
      peer.nextDeadline();
      assertThat(peer.poll(Wire.DATA)).hasSizeLessThanOrEqualTo(1);
      peer.sack(first - 1, 0);
    }
    assertThat(peer.recorder.closed).isNull();
    peer.sack(first, 1_000_000);
    assertThat(tsns(peer.poll(Wire.DATA))).startsWith(first + 1);
  }

  @Test
  void theWindowShrinksWhileNothingIsSent() {
    peer.send(channel, 60_000);
    int acked = first - 1;
    while (peer.sctp.bufferedBytes() > 0) {
      peer.poll();
      peer.sack(++acked, 1_000_000);
    }
    Tcb tcb = Objects.requireNonNull(peer.sctp.tcb());
    int before = tcb.sender.congestionWindow();
    assertThat(before).isGreaterThan(8 * FULL);
    peer.now += 20_000 * MS;
    peer.send(channel, 1);
    peer.poll();
    assertThat(tcb.sender.congestionWindow()).isEqualTo(4 * FULL);
  }

  @Test
  void aFullBufferRefusesAndTellsWhenThereIsRoomAgain() {
    int accepted = 0;
    while (peer.sctp.send(channel, ByteBuffer.allocate(60_000), true, peer.now)) {
      accepted++;
    }
    assertThat(accepted).isEqualTo(17);
    assertThat(peer.sctp.bufferedBytes()).isEqualTo(17 * 60_000);
    int acked = first - 1;
    while (peer.recorder.writable == 0) {
      acked += peer.poll(Wire.DATA).size();
      peer.sack(acked, 1_000_000);
    }
    assertThat(peer.sctp.bufferedBytes()).isBetween(500_000L, 524_288L);
  }

  @Test
  void tinyMessagesCannotFillTheMemory() {
    int accepted = 0;
    while (peer.sctp.send(channel, ByteBuffer.allocate(1), true, peer.now)) {
      accepted++;
    }
    assertThat(accepted).isEqualTo(8192);
  }

  @Test
  void aWaitingSackTravelsWithData() {
    peer.give(Packets.data(3, ScriptedPeer.TSN + 1, channel, 1, 53, "x"));
    peer.send(channel, 10);
    assertThat(peer.packets())
        .singleElement()
        .satisfies(
            p ->
                assertThat(Packets.chunks(p))
                    .extracting(c -> c.type)
                    .containsExactly(Wire.SACK, Wire.DATA));
    assertThat(one(poll(peer)).type).isEqualTo(Wire.DATA);
  }

  private static List<Chunk> poll(ScriptedPeer peer) {
    peer.nextDeadline();
    return peer.poll();
  }
}
