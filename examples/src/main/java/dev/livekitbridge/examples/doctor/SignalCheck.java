package dev.livekitbridge.examples.doctor;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.livekitbridge.examples.terminal.Json;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.Ping;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.jspecify.annotations.Nullable;

/** A join over signalling alone: what the server says of itself, and where its media should go. */
final class SignalCheck {
  private static final int LIMIT_SECONDS = 6;
  private static final int PINGS = 5;

  private final Set<String> udp = new LinkedHashSet<>();
  private final Set<String> tcp = new LinkedHashSet<>();
  private final BlockingQueue<SignalResponse> messages = new LinkedBlockingQueue<>();

  /** Addresses and ports at which the server offers media over UDP, as far as it told. */
  Set<String> udp() {
    return udp;
  }

  /** The same over TCP. */
  Set<String> tcp() {
    return tcp;
  }

  List<Finding> run(Server server, String token) throws InterruptedException {
    WebSocket socket;
    try {
      socket =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .header("Authorization", "Bearer " + token)
              .connectTimeout(Duration.ofSeconds(LIMIT_SECONDS))
              .buildAsync(
                  server.webSocket("/rtc?protocol=16&sdk=java&auto_subscribe=0"), new Messages())
              .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
              .join();
    } catch (CompletionException e) {
      return List.of(refused(e.getCause()));
    }
    try {
      return joined(socket);
    } finally {
      send(socket, SignalRequest.newBuilder().setLeave(LeaveRequest.getDefaultInstance()).build());
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").exceptionally(gone -> socket).join();
    }
  }

  private static Finding refused(@Nullable Throwable cause) {
    String text =
        cause instanceof WebSocketHandshakeException handshake
            ? "the WebSocket is refused: HTTP " + handshake.getResponse().statusCode()
            : "no WebSocket can be opened";
    return Finding.fault(
        "signal",
        text,
        "If a proxy stands between, let it pass WebSocket upgrades on /rtc; else look at the"
            + " server's log.");
  }

  private List<Finding> joined(WebSocket socket) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    JoinResponse join = await(SignalResponse::hasJoin, SignalResponse::getJoin);
    if (join == null) {
      return List.of(
          Finding.fault(
              "signal",
              "the WebSocket opens, but the server does not let us join",
              "Look at the server's log; it may be short of resources, or its Redis away."));
    }
    findings.add(
        Finding.ok(
            "signal",
            "joined room "
                + join.getRoom().getName()
                + "; LiveKit "
                + join.getServerInfo().getVersion()));
    // The server's candidates come with its offer and after it.
    double bestMillis = Double.MAX_VALUE;
    for (int i = 0; i < PINGS; i++) {
      long startNanos = System.nanoTime();
      send(
          socket,
          SignalRequest.newBuilder()
              .setPingReq(Ping.newBuilder().setTimestamp(i + 1).build())
              .build());
      if (await(SignalResponse::hasPongResp, SignalResponse::getPongResp) != null) {
        bestMillis = Math.min(bestMillis, (System.nanoTime() - startNanos) / 1e6);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    messages.forEach(this::candidates);
    if (bestMillis < Double.MAX_VALUE) {
      findings.add(
          Finding.ok(
              "round trip",
              String.format(Locale.ROOT, "%.1f ms to the server and back", bestMillis)));
    }
    findings.add(
        Finding.ok("media", "the server offers UDP " + list(udp) + " and TCP " + list(tcp)));
    return findings;
  }

  static String list(Set<String> addresses) {
    return addresses.isEmpty() ? "nowhere" : "at " + String.join(", ", addresses);
  }

  private <T> @Nullable T await(
      java.util.function.Predicate<SignalResponse> is,
      java.util.function.Function<SignalResponse, T> get)
      throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    for (long left; (left = deadlineNanos - System.nanoTime()) > 0; ) {
      SignalResponse message = messages.poll(left, TimeUnit.NANOSECONDS);
      if (message != null && is.test(message)) {
        return get.apply(message);
      }
      if (message != null) {
        candidates(message);
      }
    }
    return null;
  }

  private void candidates(SignalResponse message) {
    if (message.hasOffer()) {
      message.getOffer().getSdp().lines().forEach(this::candidate);
    } else if (message.hasTrickle()) {
      try {
        candidate(
            "a=" + Json.read(message.getTrickle().getCandidateInit()).path("candidate").asText());
      } catch (UncheckedIOException e) {
        // No JSON, no candidate.
        return;
      }
    }
  }

  /** {@code a=candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ ...}. */
  private void candidate(String line) {
    String[] words = line.split(" ", -1);
    if (line.startsWith("a=candidate:") && words.length > 7) {
      String address = words[4].contains(":") ? "[" + words[4] + "]" : words[4];
      (words[2].equalsIgnoreCase("udp") ? udp : tcp).add(address + ":" + words[5]);
    }
  }

  private static void send(WebSocket socket, SignalRequest request) {
    socket
        .sendBinary(ByteBuffer.wrap(request.toByteArray()), true)
        .exceptionally(gone -> socket)
        .join();
  }

  private final class Messages implements WebSocket.Listener {
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      parts.writeBytes(bytes);
      if (last) {
        try {
          messages.add(SignalResponse.parseFrom(parts.toByteArray()));
        } catch (InvalidProtocolBufferException e) {
          socket.abort();
        }
        parts.reset();
      }
      socket.request(1);
      return null;
    }
  }
}
