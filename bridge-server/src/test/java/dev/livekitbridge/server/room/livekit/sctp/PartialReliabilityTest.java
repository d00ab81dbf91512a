package dev.livekitbridge.server.room.livekit.sctp;

import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.one;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.server.room.livekit.sctp.Packets.Chunk;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Giving messages up: RFC 3758. */
class PartialReliabilityTest {
  private final ScriptedPeer peer = new ScriptedPeer().connect();

  private int open(boolean ordered, int retransmits) {
    return peer.open(new DataChannelConfig("p", "", ordered, retransmits, null));
  }

  private int first() {
    return peer.theirTsn + 1;
  }

  @Test
  void withoutRetransmissionsALostMessageIsSkipped() {
    int channel = open(true, 0);
    for (int i = 0; i < 4; i++) {
      peer.send(channel, 100);
    }
    peer.poll();
    for (int end = 2; end <= 4; end++) {
      peer.sack(first() - 1, 1_000_000, 2, end);
    }
    Chunk skip = one(peer.poll());
    assertThat(skip.type).isEqualTo(Wire.FORWARD_TSN);
    assertThat(skip.int32(0)).isEqualTo(first());
    assertThat(skip.int32(4)).isEqualTo(channel << 16 | 1);
    peer.sack(first() + 3, 1_000_000);
    assertThat(peer.sctp.bufferedBytes()).isZero();
    assertThat(peer.poll()).isEmpty();
  }

  @Test
  void anUnorderedMessageIsSkippedWithoutItsStream() {
    int channel = open(false, 0);
    peer.send(channel, 100);
    peer.poll();
    peer.nextDeadline();
    Chunk skip = one(peer.poll());
    assertThat(skip.type).isEqualTo(Wire.FORWARD_TSN);
    assertThat(skip.value.limit()).isEqualTo(4);
  }

  @Test
  void retransmissionsAreCounted() {
    int channel = open(false, 2);
    peer.send(channel, 100);
    for (int sent = 0; sent < 3; sent++) {
      assertThat(one(peer.poll()).type).isEqualTo(Wire.DATA);
      peer.nextDeadline();
    }
    assertThat(one(peer.poll()).type).isEqualTo(Wire.FORWARD_TSN);
    assertThat(peer.sctp.bufferedBytes()).isZero();
  }

  @Test
  void aMessageGoesAsAWhole() {
    int channel = open(true, 0);
    peer.send(channel, 3000);
    peer.send(channel, 10);
    assertThat(peer.poll(Wire.DATA)).hasSize(4);
    // Of three chunks the second is lost.
    peer.sack(first(), 1_000_000, 2, 2);
    peer.nextDeadline();
    Chunk skip = one(peer.poll(Wire.FORWARD_TSN));
    assertThat(skip.int32(0)).isEqualTo(first() + 3);
    assertThat(skip.int32(4)).isEqualTo(channel << 16 | 2);
  }

  @Test
  void aForwardTsnThatIsLostIsSentAgain() {
    int channel = open(false, 0);
    peer.send(channel, 100);
    peer.poll();
    peer.nextDeadline();
    assertThat(one(peer.poll()).type).isEqualTo(Wire.FORWARD_TSN);
    peer.nextDeadline();
    assertThat(one(peer.poll()).type).isEqualTo(Wire.FORWARD_TSN);
    peer.sack(first(), 1_000_000);
    assertThat(peer.recorder.closed).isNull();
    peer.send(channel, 10);
    assertThat(one(peer.poll()).int32(0)).isEqualTo(first() + 1);
  }

  @Test
  void whatIsReliableIsNeverSkippedNorPassedOver() {
    int lossy = open(false, 0);
    int reliable = peer.sctp.open(DataChannelConfig.reliable("r"), peer.now);
    peer.poll();
    peer.sack(first(), 1_000_000);
    peer.give(Packets.data(3, ScriptedPeer.TSN + 1, reliable, 0, Wire.PPID_DCEP, "\u0002"));
    peer.pass(100);
    peer.poll();
    int from = first() + 1;
    peer.send(lossy, 100);
    peer.send(reliable, 100);
    peer.send(lossy, 100);
    peer.poll();
    // The reliable one is here, the lossy ones are not: the peer may still drop it.
    peer.sack(from - 1, 1_000_000, 2, 2);
    peer.nextDeadline();
    assertThat(one(peer.poll(Wire.FORWARD_TSN)).int32(0)).isEqualTo(from);
    peer.sack(from + 1, 1_000_000);
    assertThat(one(peer.poll(Wire.FORWARD_TSN)).int32(0)).isEqualTo(from + 2);
  }

  @Test
  void aMessageThatExpiresUnsentTakesNoNumber() {
    int channel = peer.open(new DataChannelConfig("t", "", true, -1, Duration.ofMillis(100)));
    peer.send(channel, 100);
    peer.pass(100);
    assertThat(peer.poll()).isEmpty();
    assertThat(peer.sctp.bufferedBytes()).isZero();
    peer.send(channel, 100);
    Chunk data = one(peer.poll());
    assertThat(data.int32(0)).isEqualTo(first());
    assertThat(data.int16(6)).isEqualTo(1);
  }

  @Test
  void aMessageThatExpiresHalfSentIsSkippedToItsEnd() {
    int channel = peer.open(new DataChannelConfig("t", "", true, -1, Duration.ofMillis(100)));
    peer.send(channel, 20_000);
    assertThat(peer.poll(Wire.DATA)).hasSize(4);
    peer.pass(50);
    peer.sack(first() + 3, 1_000_000);
    peer.pass(60);
    Chunk skip = one(peer.poll());
    // One TSN beyond what was sent, so that the peer hears of the end of the message.
    assertThat(skip.type).isEqualTo(Wire.FORWARD_TSN);
    assertThat(skip.int32(0)).isEqualTo(first() + 4);
    assertThat(skip.int32(4)).isEqualTo(channel << 16 | 1);
    peer.sack(first() + 4, 1_000_000);
    peer.send(channel, 10);
    Chunk next = one(peer.poll());
    assertThat(next.int32(0)).isEqualTo(first() + 5);
    assertThat(next.int16(6)).isEqualTo(2);
    assertThat(peer.sctp.bufferedBytes()).isEqualTo(10);
  }

  @Test
  void aPeerThatCannotSkipGetsEverything() {
    ScriptedPeer old = new ScriptedPeer();
    old.sctp.start(old.now);
    Chunk init = one(old.poll());
    old.tag = init.int32(0);
    old.give(ScriptedPeer.init(Wire.INIT_ACK, 100_000, Packets.ints(0x00070008, 1)));
    old.poll();
    old.give(Packets.chunk(Wire.COOKIE_ACK, 0));
    int channel = old.sctp.open(DataChannelConfig.lossy("l", 0), old.now);
    old.poll();
    old.give(Packets.data(3, ScriptedPeer.TSN, channel, 0, Wire.PPID_DCEP, "\u0002"));
    old.sack(init.int32(12), 100_000);
    old.pass(100);
    old.poll();
    old.send(channel, 100);
    for (int i = 0; i < 4; i++) {
      List<Chunk> chunks = old.poll();
      assertThat(one(chunks).type).isEqualTo(Wire.DATA);
      old.nextDeadline();
    }
  }
}
