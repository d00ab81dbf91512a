package dev.livekitbridge.examples.doctor;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.livekit.LiveKitParticipant;
import dev.livekitbridge.server.room.livekit.LiveKitRooms;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Joins for real, as a bridge does, over one transport alone. */
final class MediaCheck {
  private static final int LEAVE_SECONDS = 2;
  private static final int PACKETS = 20;

  private final String url;
  private final Duration limit;

  MediaCheck(String url, Duration limit) {
    this.url = url;
    this.limit = limit;
  }

  /** The way that media goes; empty where there is none. */
  String way(boolean udp, String room, String token) {
    try (LiveKitRooms rooms =
        LiveKitRooms.builder().udp(udp).tcp(!udp).joinTimeout(limit).build()) {
      Room in = rooms.join(join(room, token), new Ear()).join();
      String route = in instanceof LiveKitParticipant participant ? participant.route() : "";
      in.leave(CloseReason.LEFT).completeOnTimeout(null, LEAVE_SECONDS, TimeUnit.SECONDS).join();
      return route;
    } catch (CompletionException e) {
      if (e.getCause() instanceof BridgeException) {
        return "";
      }
      throw e;
    }
  }

  static Finding udp(String way, Set<String> offered, boolean tcpWorks) {
    if (!way.isEmpty()) {
      return Finding.ok("ice udp", way);
    }
    String text =
        offered.isEmpty()
            ? "the server offers no UDP"
            : "UDP is blocked: nothing answers at " + String.join(", ", offered);
    String advice =
        offered.isEmpty()
            ? "Set rtc.udp_port (or rtc.port_range_start and _end) in the server's configuration,"
                + " and take force_tcp out of it."
            : "Open these UDP ports from here to the server. If the addresses are not its own, set"
                + " rtc.node_ip or rtc.use_external_ip in its configuration.";
    return tcpWorks
        ? Finding.warning(
            "ice udp",
            text,
            advice + " Until then media goes over TCP: late where packets are lost.")
        : Finding.fault("ice udp", text, advice);
  }

  static Finding tcp(String way, Set<String> offered, boolean udpWorks) {
    if (!way.isEmpty()) {
      return Finding.ok("ice tcp", way);
    }
    String text =
        offered.isEmpty()
            ? "the server offers no TCP for media"
            : "TCP for media is blocked: nothing answers at " + String.join(", ", offered);
    String advice =
        "Open the port of rtc.tcp_port (7881 unless configured) from here to the server"
            + " (rtc.node_ip has to be its address).";
    return udpWorks
        ? Finding.warning("ice tcp", text, advice + " It is needed only where UDP is blocked.")
        : Finding.fault("ice tcp", text, advice);
  }

  /** Packets from one participant to another, through the server. */
  Finding packets(String room, String fromToken, String toToken) throws InterruptedException {
    Ear ear = new Ear();
    try (LiveKitRooms rooms = LiveKitRooms.builder().joinTimeout(limit).build()) {
      Room to = rooms.join(join(room, toToken), ear).join();
      LiveKitParticipant from = rooms.participate(join(room, fromToken), new Ear()).join();
      double best = Double.MAX_VALUE;
      int arrived = 0;
      for (int i = 0; i < PACKETS; i++) {
        long startNanos = System.nanoTime();
        from.send(ByteString.copyFrom(new byte[640]), true);
        Long heard = ear.heardNanos.poll(1, TimeUnit.SECONDS);
        if (heard != null) {
          arrived++;
          best = Math.min(best, (heard - startNanos) / 1e6);
        }
      }
      from.leave(CloseReason.LEFT);
      to.leave(CloseReason.LEFT).completeOnTimeout(null, LEAVE_SECONDS, TimeUnit.SECONDS).join();
      return arrived == PACKETS
          ? Finding.ok(
              "packets",
              String.format(
                  Locale.ROOT,
                  "%d of %d arrive from one participant at another, in %.1f ms at best",
                  arrived,
                  PACKETS,
                  best))
          : Finding.fault(
              "packets",
              arrived + " of " + PACKETS + " data packets arrive at another participant",
              "Look at the server's log, and whether its limits hold back data packets.");
    } catch (CompletionException e) {
      return Finding.fault(
          "packets",
          "two participants cannot be in the room: " + e.getCause(),
          "Look at the server's log.");
    }
  }

  private RoomJoin join(String room, String token) {
    return new RoomJoin(url, room, "doctor", token, "", AudioInput.DATA_PACKETS, Set.of());
  }

  private static final class Ear implements RoomListener {
    final BlockingQueue<Long> heardNanos = new ArrayBlockingQueue<>(10 * PACKETS);

    @Override
    public void onFrame(AudioFrame frame) {
      heardNanos.offer(System.nanoTime());
    }

    @Override
    public void onParticipants(int count) {}

    @Override
    public void onDisconnected(CloseReason reason, String detail) {}
  }
}
