package dev.livekitbridge.server.room.livekit;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitRoom.DeleteRoomRequest;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.ListParticipantsResponse;
import livekit.LivekitRoom.RoomParticipantIdentity;
import org.jspecify.annotations.Nullable;

/**
 * A real livekit-server in a process of its own, on loopback and free ports, which stay the same.
 */
final class LiveKitServer implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final Path binary = LiveKitInstall.server();
  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = freePort();
  private final int udpPort = freePort();
  private final int tcpPort = freePort();
  private final InetAddress address;
  private final List<String> rtc;
  private @Nullable Process process;

  private LiveKitServer(InetAddress address, List<String> rtc) {
    this.address = address;
    this.rtc = rtc;
  }

  static LiveKitServer start() {
    return start(LOOPBACK, List.of());
  }

  /** One whose media cannot be reached over UDP. */
  static LiveKitServer startWithoutUdp() {
    return start(LOOPBACK, List.of("force_tcp: true"));
  }

  /**
   * One at another address of this machine.
   *
   * @param rtc more lines for this section of its configuration
   */
  static LiveKitServer start(InetAddress address, List<String> rtc) {
    LiveKitServer server = new LiveKitServer(address, rtc);
    server.restart();
    return server;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it, or starts it again on the same ports. */
  void restart() {
    String config =
        String.join(
            "\n",
            "port: " + port,
            "bind_addresses: ['" + address.getHostAddress() + "']",
            "keys: {" + TestTokens.KEY + ": " + TestTokens.SECRET + "}",
            "logging: {level: warn}",
            "room: {departure_timeout: 1}",
            "rtc:",
            "  tcp_port: " + tcpPort,
            "  udp_port: " + udpPort,
            "  use_external_ip: false",
            rtc.stream().map(line -> "  " + line + "\n").collect(Collectors.joining()));
    try {
      process =
          new ProcessBuilder(
                  binary.toString(), "--config-body", config, "--node-ip", address.getHostAddress())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await().atMost(Duration.ofSeconds(20)).until(this::answers);
  }

  private boolean answers() {
    try (Socket socket = new Socket(address, port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  String url() {
    return "ws://" + authority();
  }

  private String authority() {
    String host = address.getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  int udpPort() {
    return udpPort;
  }

  /** SIGKILL. */
  void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      waitFor(running);
    }
  }

  /** SIGTERM twice: a server in use waits for its participants at the first. */
  void shutDown() {
    signal("TERM");
    signal("TERM");
    Process running = process;
    if (running != null) {
      waitFor(running);
    }
  }

  /** SIGSTOP or SIGCONT. */
  void signal(String name) {
    Process running = process;
    if (running == null) {
      return;
    }
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(running.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void waitFor(Process running) {
    try {
      if (!running.waitFor(20, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Identities of everyone in a room. */
  Set<String> participants(String room) {
    byte[] answer = admin(room, "ListParticipants", list(room));
    try {
      return ListParticipantsResponse.parseFrom(answer).getParticipantsList().stream()
          .map(ParticipantInfo::getIdentity)
          .collect(Collectors.toSet());
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ListParticipantsRequest list(String room) {
    return ListParticipantsRequest.newBuilder().setRoom(room).build();
  }

  void remove(String room, String identity) {
    admin(
        room,
        "RemoveParticipant",
        RoomParticipantIdentity.newBuilder().setRoom(room).setIdentity(identity).build());
  }

  void delete(String room) {
    admin(room, "DeleteRoom", DeleteRoomRequest.newBuilder().setRoom(room).build());
  }

  /** An empty answer where there is no such room. */
  private byte[] admin(String room, String call, Message request) {
    HttpRequest post =
        HttpRequest.newBuilder(
                URI.create("http://" + authority() + "/twirp/livekit.RoomService/" + call))
            .header("Content-Type", "application/protobuf")
            .header("Authorization", "Bearer " + TestTokens.admin(room))
            .timeout(Duration.ofSeconds(5))
            .POST(HttpRequest.BodyPublishers.ofByteArray(request.toByteArray()))
            .build();
    try {
      HttpResponse<byte[]> answer = http.send(post, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() == 404) {
        return new byte[0];
      }
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(call + " answered " + answer.statusCode());
      }
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    signal("CONT");
    kill();
  }
}
