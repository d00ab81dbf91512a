package dev.livekitbridge.server.room.livekit.sctp;

import dev.livekitbridge.server.room.livekit.fuzz.FuzzInput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Any packets for an association that stands; their tag and checksum are made right. */
public final class SctpFuzz {
  private SctpFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    SctpWire wire = new SctpWire(7).connect();
    int channel = wire.a.sctp.open(DataChannelConfig.reliable("r"), wire.now);
    for (byte[] packet : FuzzInput.packets(input)) {
      Tcb tcb = wire.a.sctp.tcb();
      if (tcb == null || packet.length < 12) {
        continue;
      }
      // A checksum of 0 is taken: DTLS protects (RFC 9653).
      ByteBuffer.wrap(packet).putShort(0, (short) 5000).putShort(2, (short) 5000);
      ByteBuffer.wrap(packet).putInt(4, tcb.localTag).putInt(8, 0);
      wire.a.send(channel, "m");
      wire.a.sctp.receive(ByteBuffer.wrap(packet), wire.now);
      wire.a.flush();
      wire.run(20);
      FuzzInput.check(tcb.receiver.heldMemory() < 1_200_000, "holds too much");
      wire.a.recorder.messages.clear();
      wire.a.recorder.events.clear();
    }
  }

  public static List<byte[]> seeds() {
    List<byte[]> packets = new ArrayList<>();
    SctpWire wire = new SctpWire(7);
    wire.filter =
        (from, packet) -> {
          packets.add(packet.clone());
          return false;
        };
    wire.connect();
    int channel = wire.b.sctp.open(DataChannelConfig.lossy("l", 0), wire.now);
    for (int i = 0; i < 5; i++) {
      wire.b.send(channel, "x".repeat(i * 900));
      wire.run(20);
    }
    return List.of(FuzzInput.of(packets.toArray(new byte[0][])));
  }
}
