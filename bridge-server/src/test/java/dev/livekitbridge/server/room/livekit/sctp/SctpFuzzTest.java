package dev.livekitbridge.server.room.livekit.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** No input throws, loops or grows memory, whatever its bytes. */
class SctpFuzzTest {
  private static final int[] TYPES = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x40, 0x82, 0x84, 0xc0, 0xc2, 0xff
  };

  private static void bounded(SctpWire.End end, long seed) {
    Tcb tcb = end.sctp.tcb();
    if (tcb != null) {
      assertThat(tcb.receiver.heldMemory()).as("seed %s", seed).isLessThan(1_200_000);
    }
    end.recorder.messages.clear();
    end.recorder.events.clear();
  }

  @Test
  void randomBytesDoNothing() {
    for (long seed = 0; seed < 3; seed++) {
      SctpWire wire = new SctpWire(seed).connect();
      for (int i = 0; i < 20_000; i++) {
        byte[] bytes = new byte[wire.random.nextInt(200)];
        wire.random.nextBytes(bytes);
        wire.a.sctp.receive(ByteBuffer.wrap(bytes), wire.now);
        wire.a.flush();
      }
      assertThat(wire.a.sctp.isEstablished()).isTrue();
    }
  }

  /** Well-formed packets of ill chunks, with the right tag and no checksum to fail. */
  @Test
  void chunksOfAnyContentAreSurvived() {
    for (long seed = 0; seed < 25; seed++) {
      SctpWire wire = new SctpWire(seed).connect();
      int channel = wire.a.sctp.open(DataChannelConfig.reliable("r"), wire.now);
      Random random = wire.random;
      for (int i = 0; i < 1500; i++) {
        wire.a.send(channel, "m");
        Tcb tcb = wire.a.sctp.tcb();
        if (tcb == null) {
          wire = new SctpWire(seed + 1000L * i).connect();
          continue;
        }
        wire.a.sctp.receive(packetOfChunks(random, tcb), wire.now);
        wire.a.flush();
        wire.run(random.nextInt(40));
        bounded(wire.a, seed);
        bounded(wire.b, seed);
      }
    }
  }

  private static ByteBuffer packetOfChunks(Random random, Tcb tcb) {
    ByteBuffer out = ByteBuffer.allocate(1400);
    out.putShort((short) 5000).putShort((short) 5000);
    out.putInt(random.nextInt(20) == 0 ? 0 : tcb.localTag).putInt(0);
    int chunks = 1 + random.nextInt(4);
    for (int i = 0; i < chunks; i++) {
      int type = TYPES[random.nextInt(TYPES.length)];
      if (type == Wire.ABORT && random.nextInt(20) != 0) {
        type = Wire.DATA;
      }
      byte[] value = new byte[random.nextInt(8) == 0 ? random.nextInt(250) : random.nextInt(40)];
      random.nextBytes(value);
      if (value.length >= 12 && random.nextInt(4) != 0) {
        // Near enough to the numbers in use to be taken.
        int near = type == Wire.SACK ? tcb.sender.lastAssignedTsn() : tcb.receiver.cumulative();
        ByteBuffer.wrap(value).putInt(near + random.nextInt(20) - 5);
        if (type == Wire.DATA) {
          ByteBuffer.wrap(value).putShort(4, (short) random.nextInt(3));
          ByteBuffer.wrap(value).putShort(6, (short) random.nextInt(3));
          ByteBuffer.wrap(value).putInt(8, 50 + random.nextInt(9));
        } else if (type == Wire.SACK) {
          ByteBuffer.wrap(value).putInt(8, random.nextInt(3) << 16);
        } else if (type == Wire.RE_CONFIG) {
          int[] parameters = {13, 14, 15, 16, 17, 18};
          ByteBuffer.wrap(value).putShort(0, (short) parameters[random.nextInt(6)]);
          ByteBuffer.wrap(value).putShort(2, (short) (4 + random.nextInt(value.length)));
        }
      }
      int length = 4 + value.length + (random.nextInt(30) == 0 ? random.nextInt(9) - 4 : 0);
      out.put((byte) type).put((byte) random.nextInt(16)).putShort((short) length).put(value);
      while ((out.position() & 3) != 0) {
        out.put((byte) 0);
      }
    }
    return out.flip();
  }

  /** Real packets with some bytes changed, cut short, or sent again later. */
  @Test
  void mutatedPacketsAreSurvived() {
    for (long seed = 0; seed < 15; seed++) {
      SctpWire wire = new SctpWire(seed);
      List<byte[]> seen = new ArrayList<>();
      wire.filter =
          (from, packet) -> {
            if (seen.size() < 500) {
              seen.add(packet);
            }
            return false;
          };
      wire.connect();
      int channel = wire.a.sctp.open(DataChannelConfig.reliable("r"), wire.now);
      int lossy = wire.a.sctp.open(DataChannelConfig.lossy("l", 0), wire.now);
      Random random = wire.random;
      for (int i = 0; i < 1000; i++) {
        wire.a.send(random.nextBoolean() ? channel : lossy, "x".repeat(random.nextInt(3000)));
        byte[] packet = seen.get(random.nextInt(seen.size())).clone();
        for (int flips = random.nextInt(4); flips > 0; flips--) {
          packet[12 + random.nextInt(packet.length - 12)] = (byte) random.nextInt();
        }
        ByteBuffer.wrap(packet).putInt(8, 0);
        int length = random.nextInt(5) == 0 ? random.nextInt(packet.length) : packet.length;
        SctpWire.End to = random.nextBoolean() ? wire.a : wire.b;
        to.sctp.receive(ByteBuffer.wrap(packet, 0, length), wire.now);
        to.flush();
        wire.run(random.nextInt(20));
        bounded(wire.a, seed);
        bounded(wire.b, seed);
      }
    }
  }

  @Test
  void aPeerThatNeverFillsTheGapFillsNoMemory() {
    SctpWire wire = new SctpWire(1).connect();
    Tcb tcb = Objects.requireNonNull(wire.a.sctp.tcb());
    int first = tcb.receiver.cumulative() + 2;
    for (int i = 0; i < 60_000; i++) {
      ByteBuffer out = ByteBuffer.allocate(1200);
      out.putShort((short) 5000).putShort((short) 5000).putInt(tcb.localTag).putInt(0);
      int size = i % 2 == 0 ? 1 : 1100;
      out.putInt(Wire.BEGIN << 16 | 16 + size).putInt(first + i).putInt(i & 0xffff).putInt(53);
      out.position(out.position() + Wire.padded(size)).flip();
      wire.a.sctp.receive(out, wire.now);
      wire.a.flush();
    }
    assertThat(tcb.receiver.heldMemory()).isBetween(500_000, 1_048_576);
    assertThat(tcb.receiver.window()).isLessThan(100_000);
    assertThat(wire.a.sctp.isEstablished()).isTrue();
  }
}
