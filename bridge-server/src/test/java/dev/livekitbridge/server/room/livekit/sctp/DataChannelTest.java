package dev.livekitbridge.server.room.livekit.sctp;

import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.TSN;
import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.livekitbridge.server.room.livekit.sctp.Packets.Chunk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Data channels: RFC 8831, 8832, and RFC 6525 for their closing. */
class DataChannelTest {
  private final ScriptedPeer peer = new ScriptedPeer().connect();
  private int sent;

  private void data(int flags, int stream, int ssn, int ppid, String text) {
    peer.give(Packets.data(flags, TSN + sent++, stream, ssn, ppid, text));
  }

  private void reconfig(int... words) {
    peer.give(Packets.chunk(Wire.RE_CONFIG, 0, Packets.ints(words)));
  }

  private static String openMessage(int type, int reliability, String label, String protocol) {
    ByteBuffer out = ByteBuffer.allocate(12);
    out.put((byte) 3).put((byte) type).putShort((short) 256).putInt(reliability);
    out.putShort((short) label.length()).putShort((short) protocol.length());
    return new String(out.array(), StandardCharsets.ISO_8859_1) + label + protocol;
  }

  @Test
  void theClientOpensEvenNumbersTheServerOddOnes() {
    assertThat(peer.sctp.open(DataChannelConfig.reliable("a"), 0)).isEqualTo(0);
    assertThat(peer.sctp.open(DataChannelConfig.reliable("b"), 0)).isEqualTo(2);
    ScriptedPeer server = new ScriptedPeer(SctpOptions.builder(false)).connect();
    assertThat(server.sctp.open(DataChannelConfig.reliable("a"), 0)).isEqualTo(1);
  }

  @Test
  void openSaysWhatTheChannelIs() {
    peer.sctp.open(
        new DataChannelConfig("lbl", "prt", false, -1, Duration.ofMillis(1500)), peer.now);
    Chunk open = one(peer.poll());
    assertThat(open.int32(8)).isEqualTo(Wire.PPID_DCEP);
    assertThat(open.flags).isEqualTo(3);
    assertThat(open.int32(12)).isEqualTo(0x03820000);
    assertThat(open.int32(16)).isEqualTo(1500);
    assertThat(open.int32(20)).isEqualTo(3 << 16 | 3);
    assertThat(open.text()).endsWith("lblprt");
  }

  @Test
  void everyKindOfOpenIsUnderstoodAndAcknowledged() {
    int[] types = {0, 1, 2, 0x80, 0x81, 0x82};
    for (int i = 0; i < types.length; i++) {
      data(3, 2 * i + 1, 0, 50, openMessage(types[i], 7, "l" + i, "p"));
      List<Chunk> answer = peer.poll(Wire.DATA);
      assertThat(one(answer).text()).isEqualTo("\u0002");
      assertThat(one(answer).int32(8)).isEqualTo(50);
      peer.sack(one(answer).int32(0), 1_000_000);
    }
    assertThat(peer.recorder.events).hasSize(7).contains("opened 1 l0", "opened 11 l5");
    assertThat(DcepMessage.readOpen(bytes(openMessage(0x82, 7, "x", "")), 0, 13))
        .isEqualTo(new DataChannelConfig("x", "", false, -1, Duration.ofMillis(7)));
    assertThat(DcepMessage.readOpen(bytes(openMessage(1, -1, "x", "")), 0, 13))
        .isEqualTo(new DataChannelConfig("x", "", true, Integer.MAX_VALUE, null));
    assertThat(DcepMessage.readOpen(bytes(openMessage(3, 7, "x", "")), 0, 13)).isNull();
    assertThat(DcepMessage.readOpen(bytes(openMessage(0, 7, "xy", "")), 0, 13)).isNull();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void kindsOfMessagesHaveTheirIdentifiers() {
    int channel = peer.open(DataChannelConfig.reliable("r"));
    peer.sctp.send(channel, bytes("t"), false, peer.now);
    peer.sctp.send(channel, bytes("b"), true, peer.now);
    peer.sctp.send(channel, bytes(""), false, peer.now);
    peer.sctp.send(channel, bytes(""), true, peer.now);
    List<Chunk> data = peer.poll(Wire.DATA);
    assertThat(data).extracting(c -> c.int32(8)).containsExactly(51, 53, 56, 57);
    assertThat(data).extracting(c -> c.value.limit()).containsExactly(13, 13, 13, 13);
    sent = 1;
    data(3, channel, 1, 51, "t");
    data(3, channel, 2, 53, "b");
    data(3, channel, 3, 56, "\0");
    data(3, channel, 4, 57, "\0");
    data(3, channel, 5, 99, "unknown");
    assertThat(peer.recorder.messages)
        .containsExactly(
            new Recorder.Message(channel, "t", false),
            new Recorder.Message(channel, "b", true),
            new Recorder.Message(channel, "", false),
            new Recorder.Message(channel, "", true));
  }

  @Test
  void nothingOvertakesAnOpenThatIsNotAcknowledged() {
    int channel = peer.sctp.open(DataChannelConfig.lossy("l", 0), peer.now);
    peer.send(channel, 10);
    List<Chunk> data = peer.poll(Wire.DATA);
    assertThat(data).extracting(c -> c.flags & Wire.UNORDERED).containsOnly(0);
    data(3, channel, 0, 50, "\u0002");
    peer.send(channel, 10);
    assertThat(one(peer.poll(Wire.DATA)).flags & Wire.UNORDERED).isEqualTo(Wire.UNORDERED);
    assertThat(peer.recorder.events).contains("opened 0 l");
  }

  @Test
  void whatIsSentBeforeTheAcknowledgementIsNotGivenUp() {
    int channel = peer.sctp.open(DataChannelConfig.lossy("l", 0), peer.now);
    peer.poll();
    peer.sack(peer.theirTsn, 1_000_000);
    peer.send(channel, 10);
    for (int i = 0; i < 4; i++) {
      assertThat(one(peer.poll()).type).isEqualTo(Wire.DATA);
      peer.nextDeadline();
    }
  }

  @Test
  void aMessageTellsThatTheChannelIsOpenIfTheAcknowledgementIsLate() {
    int channel = peer.sctp.open(DataChannelConfig.lossy("l", 0), peer.now);
    peer.give(Packets.data(7, TSN + 1, channel, 0, 53, "answer"));
    assertThat(peer.recorder.events).endsWith("opened 0 l");
    assertThat(peer.recorder.texts(channel)).containsExactly("answer");
    data(3, channel, 0, 50, "\u0002");
    assertThat(peer.recorder.events).containsOnlyOnce("opened 0 l");
  }

  @Test
  void messagesThatOvertookTheirOpenAreKept() {
    peer.give(Packets.data(7, TSN + 1, 1, 0, 53, "early"));
    peer.give(Packets.data(7, TSN + 2, 3, 0, 53, "of another"));
    assertThat(peer.recorder.messages).isEmpty();
    data(3, 1, 0, 50, openMessage(0x80, 0, "l", ""));
    assertThat(peer.recorder.events).endsWith("opened 1 l");
    assertThat(peer.recorder.texts(1)).containsExactly("early");
    for (int i = 0; i < 1000; i++) {
      peer.give(Packets.data(7, TSN + 3 + i, 5, 0, 53, "x".repeat(100)));
    }
    sent += 1002;
    data(3, 5, 0, 50, openMessage(0x80, 0, "m", ""));
    assertThat(peer.recorder.texts(5)).hasSize(63);
  }

  @Test
  void aChannelWithANumberOfOursIsClosedAtOnce() {
    data(3, 4, 0, 50, openMessage(0, 0, "wrong", ""));
    Chunk reset = one(peer.poll(Wire.RE_CONFIG));
    assertThat(reset.int16(0)).isEqualTo(Wire.P_OUTGOING_RESET);
    assertThat(reset.int16(16)).isEqualTo(4);
    assertThat(peer.recorder.events).containsExactly("connected");
    data(3, 4, 1, 53, "into the void");
    reconfig(0x0010000c, reset.int32(4), 1);
    assertThat(peer.recorder.messages).isEmpty();
    assertThat(peer.recorder.events).containsExactly("connected");
  }

  @Test
  void tooManyChannelsAreRefused() {
    ScriptedPeer small = new ScriptedPeer(SctpOptions.builder(true).maxChannels(1)).connect();
    small.open(DataChannelConfig.reliable("one"));
    assertThatThrownBy(() -> small.sctp.open(DataChannelConfig.reliable("two"), small.now))
        .hasMessageContaining("1 are open");
    small.give(Packets.data(3, TSN + 1, 1, 0, 50, openMessage(0, 0, "theirs", "")));
    assertThat(one(small.poll(Wire.RE_CONFIG)).int16(16)).isEqualTo(1);
  }

  @Test
  void weCloseAfterWhatWasSent() {
    int channel = peer.open(DataChannelConfig.reliable("r"));
    sent = 1;
    peer.send(channel, 6000);
    peer.sctp.closeChannel(channel);
    assertThat(peer.sctp.send(channel, bytes("no"), true, peer.now)).isFalse();
    assertThat(peer.poll(Wire.RE_CONFIG)).isEmpty();
    peer.sack(peer.theirTsn + 4, 1_000_000);
    List<Chunk> rest = peer.poll();
    Chunk reset = rest.get(rest.size() - 1);
    int last = rest.get(rest.size() - 2).int32(0);
    assertThat(reset.type).isEqualTo(Wire.RE_CONFIG);
    assertThat(reset.int16(2)).isEqualTo(18);
    assertThat(reset.int32(4)).isEqualTo(peer.theirTsn);
    assertThat(reset.int32(8)).isEqualTo(TSN - 1);
    assertThat(reset.int32(12)).isEqualTo(last);
    assertThat(reset.int16(16)).isEqualTo(channel);
    peer.sack(last, 1_000_000);
    // Asked again until it is answered; "in progress" is no answer.
    peer.nextDeadline();
    assertThat(one(peer.poll(Wire.RE_CONFIG)).int32(4)).isEqualTo(peer.theirTsn);
    reconfig(0x0010000c, peer.theirTsn, 6);
    peer.nextDeadline();
    assertThat(peer.poll(Wire.RE_CONFIG)).hasSize(1);
    reconfig(0x0010000c, peer.theirTsn, 1);
    assertThat(peer.recorder.events).doesNotContain("closed 0");
    reconfig(0x000d0012, TSN, peer.theirTsn, TSN + sent - 1, channel << 16);
    assertThat(peer.recorder.events).endsWith("closed 0");
    // The number is free again.
    assertThat(peer.sctp.open(DataChannelConfig.reliable("again"), peer.now)).isEqualTo(channel);
    assertThat(one(peer.poll(Wire.DATA)).int16(6)).isZero();
  }

  @Test
  void thePeerClosesAndWeFollow() {
    data(3, 1, 0, 50, openMessage(0, 0, "theirs", ""));
    peer.poll();
    // Its last message is still on its way.
    reconfig(0x000d0012, TSN, peer.theirTsn - 1, TSN + 1, 1 << 16);
    Chunk response = one(peer.poll(Wire.RE_CONFIG));
    assertThat(response.int16(0)).isEqualTo(Wire.P_RECONFIG_RESPONSE);
    assertThat(response.int32(4)).isEqualTo(TSN);
    assertThat(response.int32(8)).isEqualTo(6);
    data(3, 1, 1, 53, "last");
    List<Chunk> answers = peer.poll(Wire.RE_CONFIG);
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).int32(8)).isEqualTo(1);
    assertThat(answers.get(1).int16(0)).isEqualTo(Wire.P_OUTGOING_RESET);
    assertThat(answers.get(1).int32(8)).isEqualTo(TSN);
    assertThat(peer.recorder.texts(1)).containsExactly("last");
    // Our answer was lost: the same again.
    reconfig(0x000d0012, TSN, peer.theirTsn - 1, TSN + 1, 1 << 16);
    assertThat(one(peer.poll(Wire.RE_CONFIG)).int32(8)).isEqualTo(1);
    reconfig(0x0010000c, peer.theirTsn, 1);
    assertThat(peer.recorder.events).endsWith("closed 1");
    data(3, 1, 0, 50, openMessage(0, 0, "again", ""));
    assertThat(peer.recorder.events).endsWith("opened 1 again");
  }

  @Test
  void aNumberMayBeUsedAgainBeforeItsAnswerIsHere() {
    data(3, 1, 0, 50, openMessage(0, 0, "theirs", ""));
    peer.poll();
    reconfig(0x000d0012, TSN, peer.theirTsn - 1, TSN, 1 << 16);
    peer.poll();
    data(3, 1, 0, 50, openMessage(0, 0, "again", ""));
    assertThat(peer.recorder.events).endsWith("closed 1", "opened 1 again");
    reconfig(0x0010000c, peer.theirTsn, 1);
    assertThat(peer.recorder.events).endsWith("opened 1 again");
  }

  @Test
  void requestsOutOfOrderOrOfOtherKindsAreAnsweredAsTheyShould() {
    reconfig(0x000d0010, TSN + 5, 0, TSN - 1);
    assertThat(peer.poll()).isEmpty();
    reconfig(0x000d0010, TSN - 5, 0, TSN - 1);
    assertThat(one(peer.poll(Wire.RE_CONFIG)).int32(8)).isEqualTo(5);
    reconfig(0x0011000c, TSN, 3 << 16);
    assertThat(one(peer.poll(Wire.RE_CONFIG)).int32(8)).isEqualTo(2);
    reconfig(0x000f0008, TSN + 1);
    assertThat(one(peer.poll(Wire.RE_CONFIG)).int32(8)).isEqualTo(2);
  }

  @Test
  void anIncomingResetRequestMakesUsReset() {
    int channel = peer.open(DataChannelConfig.reliable("r"));
    reconfig(0x000e000a, TSN, channel << 16);
    Chunk reset = one(peer.poll(Wire.RE_CONFIG));
    assertThat(reset.int16(0)).isEqualTo(Wire.P_OUTGOING_RESET);
    assertThat(reset.int32(8)).isEqualTo(TSN);
  }

  @Test
  void channelsOpenAndCloseOverABadWire() {
    for (long seed = 0; seed < 40; seed++) {
      SctpWire wire = new SctpWire(seed);
      wire.loss = 0.2;
      wire.jitter = 4 * SctpWire.MS;
      wire.duplicate = 0.1;
      wire.connect();
      for (int round = 0; round < 4; round++) {
        int channel = wire.a.sctp.open(DataChannelConfig.reliable("c" + round), wire.now);
        wire.a.send(channel, "to b");
        wire.run(wire.random.nextInt(1000));
        wire.b.send(channel, "to a");
        if (wire.random.nextBoolean()) {
          wire.a.sctp.closeChannel(channel);
        } else {
          wire.b.sctp.closeChannel(channel);
          wire.a.sctp.closeChannel(channel);
        }
        wire.a.flush();
        wire.b.flush();
        wire.runUntil(() -> wire.a.recorder.events.contains("closed " + channel), 60_000);
        assertThat(wire.a.recorder.events).as("seed %s", seed).contains("closed " + channel);
        assertThat(wire.b.recorder.texts(channel)).as("seed %s", seed).contains("to b");
        wire.a.recorder.events.clear();
      }
      wire.run(10_000);
      assertThat(wire.b.recorder.events.stream().filter(e -> e.startsWith("closed")))
          .as("seed %s", seed)
          .hasSize(4);
    }
  }
}
