package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RecordingListener;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.livekit.net.LocalAddresses;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Signalling and media over IPv6 alone, with a real server. */
class LiveKitIpv6Test {
  private static InetAddress loopback() throws UnknownHostException {
    byte[] address = new byte[16];
    address[15] = 1;
    return InetAddress.getByAddress(address);
  }

  private static boolean isHere(InetAddress address) {
    try (DatagramSocket socket = new DatagramSocket(0, address)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void twoMeetOverUdpAndOverTcp() throws IOException {
    // Not ::1, for which livekit-server makes no candidates.
    InetAddress address =
        LocalAddresses.forMedia(loopback()).stream()
            .filter(each -> each instanceof Inet6Address && !each.isLoopbackAddress())
            .filter(LiveKitIpv6Test::isHere)
            .findFirst()
            .orElse(null);
    assumeTrue(address != null, "skipped: no interface of this machine has an IPv6 address");
    // Without its scope, which is for this machine alone.
    InetAddress plain = InetAddress.getByAddress(address.getAddress());
    String only = "ips: {includes: ['" + plain.getHostAddress() + "/128']}";
    try (LiveKitServer server = LiveKitServer.start(plain, List.of(only));
        LiveKitRooms udp = LiveKitRooms.builder().tcp(false).build();
        LiveKitRooms tcp = LiveKitRooms.builder().udp(false).build()) {
      assertThat(server.url()).contains("[" + plain.getHostAddress() + "]");
      RecordingListener heard = new RecordingListener();
      LiveKitParticipant bob = enter(udp, server, "bob", heard);
      LiveKitParticipant alice = enter(tcp, server, "alice", new RecordingListener());
      assertThat(bob.route()).startsWith("UDP ").contains("[" + plain.getHostAddress() + "]");
      assertThat(alice.route()).startsWith("TCP ").contains("[" + plain.getHostAddress() + "]");
      for (int i = 0; i < 100; i++) {
        ByteString packet = ByteString.copyFrom(new byte[] {(byte) i, 0});
        await().until(() -> alice.send(packet, true));
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(heard.frames()).hasSize(100));
      assertThat(heard.frames()).extracting(frame -> frame.toSamples()[0]).isSorted();
      alice.leave(CloseReason.LEFT).join();
      bob.leave(CloseReason.LEFT).join();
    }
  }

  private static LiveKitParticipant enter(
      LiveKitRooms rooms, LiveKitServer server, String identity, RoomListener listener) {
    RoomJoin join =
        new RoomJoin(
            server.url(),
            "six",
            identity,
            TestTokens.join("six", identity),
            "",
            AudioInput.DATA_PACKETS,
            Set.of());
    return rooms.participate(join, listener).orTimeout(30, TimeUnit.SECONDS).join();
  }
}
