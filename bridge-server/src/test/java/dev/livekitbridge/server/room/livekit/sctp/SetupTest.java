package dev.livekitbridge.server.room.livekit.sctp;

import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.TAG;
import static dev.livekitbridge.server.room.livekit.sctp.ScriptedPeer.one;
import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.server.room.livekit.sctp.Packets.Chunk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The handshake and its odd cases, RFC 9260 section 5. */
class SetupTest {
  private final ScriptedPeer peer = new ScriptedPeer();

  /** The cookie of an INIT ACK, as a COOKIE ECHO. */
  private static byte[] echo(Chunk initAck) {
    assertThat(initAck.type).isEqualTo(Wire.INIT_ACK);
    assertThat(initAck.int16(16)).isEqualTo(Wire.P_STATE_COOKIE);
    byte[] cookie = new byte[initAck.int16(18) - 4];
    initAck.value.get(20, cookie);
    return Packets.chunk(Wire.COOKIE_ECHO, 0, cookie);
  }

  @Test
  void anInitGoesAloneWithTagZeroAndAChecksum() {
    peer.sctp.start(peer.now);
    byte[] packet = peer.packets().get(0);
    assertThat(Packets.tag(packet)).isZero();
    assertThat(Packets.hasChecksum(packet)).isTrue();
    Chunk init = one(Packets.chunks(packet));
    assertThat(init.type).isEqualTo(Wire.INIT);
    assertThat(init.int32(0)).isNotZero();
    assertThat(init.int16(8)).isEqualTo(65_535);
  }

  @Test
  void theCalledSideKeepsNoStateBeforeTheCookieComesBack() {
    peer.giveTagged(0, ScriptedPeer.init(Wire.INIT, 100_000, ScriptedPeer.extensions()));
    byte[] packet = peer.packets().get(0);
    assertThat(Packets.tag(packet)).isEqualTo(TAG);
    Chunk ack = one(Packets.chunks(packet));
    assertThat(peer.sctp.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    peer.giveTagged(ack.int32(0), echo(ack));
    assertThat(peer.sctp.isEstablished()).isTrue();
    assertThat(peer.recorder.connected).isEqualTo(1);
    assertThat(one(peer.poll()).type).isEqualTo(Wire.COOKIE_ACK);
  }

  @Test
  void aCookieThatWasChangedIsDiscarded() {
    peer.giveTagged(0, ScriptedPeer.init(Wire.INIT, 100_000));
    Chunk ack = one(peer.poll());
    byte[] echo = echo(ack);
    for (int i = 4; i < echo.length; i++) {
      byte[] changed = echo.clone();
      changed[i] ^= 1;
      peer.giveTagged(ack.int32(0), changed);
    }
    assertThat(peer.sctp.isEstablished()).isFalse();
    assertThat(peer.poll()).isEmpty();
    peer.giveTagged(ack.int32(0), echo);
    assertThat(peer.sctp.isEstablished()).isTrue();
  }

  @Test
  void aStaleCookieIsAnsweredWithAnError() {
    peer.giveTagged(0, ScriptedPeer.init(Wire.INIT, 100_000));
    Chunk ack = one(peer.poll());
    peer.pass(61_000);
    peer.giveTagged(ack.int32(0), echo(ack));
    Chunk error = one(peer.poll());
    assertThat(error.type).isEqualTo(Wire.ERROR);
    assertThat(error.int16(0)).isEqualTo(Wire.E_STALE_COOKIE);
    assertThat(peer.sctp.isEstablished()).isFalse();
  }

  @Test
  void ourStaleCookieMakesUsBeginAgain() {
    peer.sctp.start(peer.now);
    Chunk init = one(peer.poll());
    byte[] cookie = Packets.ints(0x00070008, 1);
    peer.giveTagged(init.int32(0), ScriptedPeer.init(Wire.INIT_ACK, 100_000, cookie));
    assertThat(one(peer.poll()).type).isEqualTo(Wire.COOKIE_ECHO);
    peer.giveTagged(init.int32(0), Packets.chunk(Wire.ERROR, 0, Packets.ints(0x00030008, 1000)));
    assertThat(one(peer.poll()).type).isEqualTo(Wire.INIT);
  }

  @Test
  void initIsRepeatedWithBackoffAndThenGivenUp() {
    peer.sctp.start(peer.now);
    List<Long> gaps = new ArrayList<>();
    long last = peer.now;
    while (peer.recorder.closed == null) {
      assertThat(one(peer.poll()).type).isEqualTo(Wire.INIT);
      peer.nextDeadline();
      gaps.add((peer.now - last) / ScriptedPeer.MS);
      last = peer.now;
    }
    assertThat(gaps).containsExactly(500L, 1000L, 2000L, 3000L, 3000L, 3000L, 3000L, 3000L, 3000L);
    assertThat(peer.recorder.closed).isEqualTo(SctpCloseReason.UNREACHABLE);
  }

  @Test
  void cookieEchoIsRepeated() {
    peer.sctp.start(peer.now);
    Chunk init = one(peer.poll());
    byte[] cookie = Packets.ints(0x00070008, 1);
    peer.giveTagged(init.int32(0), ScriptedPeer.init(Wire.INIT_ACK, 100_000, cookie));
    peer.poll();
    peer.nextDeadline();
    byte[] packet = peer.packets().get(0);
    assertThat(Packets.tag(packet)).isEqualTo(TAG);
    assertThat(one(Packets.chunks(packet)).type).isEqualTo(Wire.COOKIE_ECHO);
  }

  @Test
  void anInitAckWithoutCookieEndsIt() {
    peer.sctp.start(peer.now);
    Chunk init = one(peer.poll());
    peer.giveTagged(init.int32(0), ScriptedPeer.init(Wire.INIT_ACK, 100_000));
    Chunk abort = one(peer.poll());
    assertThat(abort.type).isEqualTo(Wire.ABORT);
    assertThat(abort.int16(0)).isEqualTo(Wire.E_MISSING_PARAMETER);
    assertThat(peer.recorder.closed).isEqualTo(SctpCloseReason.PROTOCOL_ERROR);
  }

  @Test
  void unknownParametersGoByTheirHighBits() {
    // 0xc0ff: skip and report; 0x80ff: skip; 0x40ff: stop and report.
    byte[] parameters = Packets.ints(0xc0ff0008, 7, 0x80ff0004, 0x40ff0004, 0xc0fe0004);
    peer.giveTagged(0, ScriptedPeer.init(Wire.INIT, 100_000, parameters));
    Chunk ack = one(peer.poll());
    int at = 16;
    while (ack.int16(at) != Wire.P_UNRECOGNIZED) {
      at += (ack.int16(at + 2) + 3) & ~3;
    }
    assertThat(ack.int16(at + 2)).isEqualTo(16);
    assertThat(ack.int32(at + 4)).isEqualTo(0xc0ff0008);
    assertThat(ack.int32(at + 12)).isEqualTo(0x40ff0004);
  }

  @Test
  void unknownParametersOfAnInitAckAreReportedBehindTheCookie() {
    peer.sctp.start(peer.now);
    Chunk init = one(peer.poll());
    byte[] parameters = Packets.ints(0x00070008, 1, 0xc0ff0004);
    peer.giveTagged(init.int32(0), ScriptedPeer.init(Wire.INIT_ACK, 100_000, parameters));
    List<Chunk> chunks = Packets.chunks(peer.packets().get(0));
    assertThat(chunks).extracting(c -> c.type).containsExactly(Wire.COOKIE_ECHO, Wire.ERROR);
    assertThat(chunks.get(1).int16(0)).isEqualTo(Wire.E_UNRECOGNIZED_PARAMETERS);
  }

  @Test
  void anInitWithoutStreamsIsAborted() {
    byte[] fixed = Packets.ints(TAG, 100_000, 0, 1);
    peer.giveTagged(0, Packets.chunk(Wire.INIT, 0, fixed));
    assertThat(one(peer.poll()).type).isEqualTo(Wire.ABORT);
  }

  @Test
  void anInitWithTagZeroOrInCompanyOrTaggedIsDropped() {
    byte[] noTag = Packets.chunk(Wire.INIT, 0, Packets.ints(0, 100_000, 0x10001, 1));
    peer.giveTagged(0, noTag);
    byte[] init = ScriptedPeer.init(Wire.INIT, 100_000);
    peer.giveTagged(0, init, Packets.chunk(Wire.COOKIE_ACK, 0));
    peer.giveTagged(1, init);
    assertThat(peer.poll()).isEmpty();
  }

  @Test
  void inASimultaneousOpenBothUseTheTagsOfTheirInit() {
    peer.sctp.start(peer.now);
    Chunk init = one(peer.poll());
    peer.giveTagged(0, ScriptedPeer.init(Wire.INIT, 100_000));
    Chunk ack = one(peer.poll());
    assertThat(ack.int32(0)).isEqualTo(init.int32(0));
    assertThat(ack.int32(12)).isEqualTo(init.int32(12));
    peer.giveTagged(init.int32(0), echo(ack));
    assertThat(peer.sctp.isEstablished()).isTrue();
    // The rest of the other half: our INIT was answered too.
    peer.poll();
    byte[] cookie = Packets.ints(0x00070008, 1);
    peer.giveTagged(init.int32(0), ScriptedPeer.init(Wire.INIT_ACK, 100_000, cookie));
    assertThat(peer.poll()).isEmpty();
  }

  @Test
  void bothSidesMayStartAtOnce() {
    for (long seed = 0; seed < 200; seed++) {
      SctpWire wire = new SctpWire(seed);
      wire.loss = seed % 4 * 0.1;
      wire.delay = 30 * SctpWire.MS;
      wire.jitter = 30 * SctpWire.MS;
      wire.duplicate = 0.2;
      int channel = wire.a.sctp.open(DataChannelConfig.reliable("early"), wire.now);
      wire.a.send(channel, "first");
      wire.b.sctp.start(wire.now);
      wire.b.flush();
      wire.connect();
      wire.run(5000);
      assertThat(wire.b.recorder.texts(channel)).as("seed %s", seed).containsExactly("first");
      assertThat(wire.a.recorder.connected).isEqualTo(1);
      assertThat(wire.b.recorder.connected).isEqualTo(1);
    }
  }

  @Test
  void aLostCookieAckIsGivenAgain() {
    peer.giveTagged(0, ScriptedPeer.init(Wire.INIT, 100_000));
    Chunk ack = one(peer.poll());
    peer.giveTagged(ack.int32(0), echo(ack));
    peer.poll();
    peer.giveTagged(ack.int32(0), echo(ack));
    assertThat(one(peer.poll()).type).isEqualTo(Wire.COOKIE_ACK);
    assertThat(peer.recorder.connected).isEqualTo(1);
  }

  @Test
  void aPeerThatHasRestartedGetsANewAssociation() {
    peer.connect();
    int channel = peer.open(DataChannelConfig.reliable("old"));
    peer.send(channel, 100);
    peer.poll();
    byte[] again = Packets.ints(0x01020304, 50_000, 0xffff_ffff, 1000);
    peer.giveTagged(0, Packets.chunk(Wire.INIT, 0, again));
    Chunk ack = one(peer.poll());
    assertThat(ack.int32(0)).isNotEqualTo(peer.tag);
    peer.giveTagged(ack.int32(0), echo(ack));
    assertThat(peer.recorder.events)
        .containsExactly("connected", "opened 0 old", "closed 0", "connected");
    assertThat(peer.sctp.bufferedBytes()).isZero();
    byte[] packet = peer.packets().get(0);
    assertThat(Packets.tag(packet)).isEqualTo(0x01020304);
    assertThat(one(Packets.chunks(packet)).type).isEqualTo(Wire.COOKIE_ACK);
    peer.sctp.open(DataChannelConfig.reliable("new"), peer.now);
    assertThat(one(peer.poll(Wire.DATA)).int32(0)).isEqualTo(ack.int32(12));
  }

  @Test
  void anInitAloneDoesNotTouchALivingAssociation() {
    peer.connect();
    peer.giveTagged(0, ScriptedPeer.init(Wire.INIT, 100_000));
    peer.poll();
    int channel = peer.open(DataChannelConfig.reliable("r"));
    peer.send(channel, 10);
    assertThat(peer.poll(Wire.DATA)).hasSize(1);
  }

  @Test
  void checksumsAreLeftOutWhereThePeerTakesPacketsWithout() {
    peer.connect();
    peer.sctp.open(DataChannelConfig.reliable("r"), peer.now);
    assertThat(Packets.hasChecksum(peer.packets().get(0))).isFalse();
    ScriptedPeer plain = new ScriptedPeer(SctpOptions.builder(true).zeroChecksum(false));
    plain.connect();
    plain.sctp.open(DataChannelConfig.reliable("r"), plain.now);
    assertThat(Packets.hasChecksum(plain.packets().get(0))).isTrue();
  }
}
