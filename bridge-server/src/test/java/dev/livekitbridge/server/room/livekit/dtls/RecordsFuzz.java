package dev.livekitbridge.server.room.livekit.dtls;

import dev.livekitbridge.server.room.livekit.fuzz.FuzzInput;
import java.util.HexFormat;
import java.util.List;

/** Any datagrams for what looks at DTLS records before BouncyCastle does. */
public final class RecordsFuzz {
  private RecordsFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    EarlyCipherChange early = new EarlyCipherChange();
    for (byte[] packet : FuzzInput.packets(input)) {
      if (Records.plausible(packet)) {
        early.in(packet);
      }
    }
  }

  public static List<byte[]> seeds() {
    HexFormat hex = HexFormat.of();
    return List.of(
        FuzzInput.of(
            hex.parseHex("16fefd0000000000000003000c0f0000000000000000000000"),
            hex.parseHex("14fefd0000000000000004000101"),
            hex.parseHex("14fefd000000000000000400010116fefd00010000000000000000"),
            hex.parseHex("17fefd00010000000000010018" + "00".repeat(24))));
  }
}
