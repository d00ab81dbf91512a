package dev.livekitbridge.server.room.livekit.ice;

import dev.livekitbridge.server.room.livekit.fuzz.FuzzInput;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Any datagrams and candidates for an agent, and for the reader of STUN beneath it. */
public final class IceFuzz {
  private static final InetSocketAddress OURS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 5_000);
  private static final InetSocketAddress THEIRS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 7_882);

  private IceFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    long now = 0;
    IceListener listener = FuzzInput.deaf(IceListener.class);
    IceAgent agent = new IceAgent(new Random(1), false, IceTimes.DEFAULT, listener);
    Candidate local = agent.addLocalCandidate(OURS, TransportKind.UDP, now);
    agent.setRemote("theirs", "their-password-of-22-chars", true, now);
    int sent = 0;
    for (byte[] packet : FuzzInput.packets(input)) {
      StunMessage.parse(ByteBuffer.wrap(packet));
      agent.addRemoteCandidate(FuzzInput.text(packet), now);
      agent.receive(local, THEIRS, ByteBuffer.wrap(packet), now);
      for (int i = 0; i < 3 && agent.deadlineNanos() < Long.MAX_VALUE; i++) {
        now = Math.max(now + 1, agent.deadlineNanos());
        agent.onTimeout(now);
      }
      while (agent.poll(now) != null) {
        FuzzInput.check(++sent < 10_000, "sends without end");
      }
    }
  }

  public static List<byte[]> seeds() {
    return List.of(
        FuzzInput.of(
            "candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host ufrag theirs"
                .getBytes(StandardCharsets.UTF_8),
            "candidate:7 1 tcp 1518280447 2001:db8::5 7881 typ host tcptype passive"
                .getBytes(StandardCharsets.UTF_8),
            HexFormat.of()
                .parseHex(
                    "000100582112a442b7e7a701bc34d686fa87dfae"
                        + "802200105354554e207465737420636c69656e74"
                        + "002400046e0001ff80290008932ff9b151263b36"
                        + "000600096576746a3a68367659202020"
                        + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
                        + "80280004e57a3bcf"),
            HexFormat.of()
                .parseHex(
                    "010100482112a442b7e7a701bc34d686fa87dfae"
                        + "8022000b7465737420766563746f7220"
                        + "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
                        + "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
                        + "80280004c8fb0b4c")));
  }
}
