package dev.livekitbridge.examples.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.livekitbridge.client.BearerToken;
import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.PlayRequest;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.examples.observe.Spans;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.server.AdminOptions;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.room.livekit.LiveKitRooms;
import dev.livekitbridge.server.room.memory.JoinGate;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import dev.livekitbridge.server.security.SecurityOptions;
import dev.livekitbridge.server.security.StaticTokens;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Everything that is secret is marked, everything that can break is broken, and all that anybody
 * writes down, at TRACE, is looked through for the mark.
 */
class SecretsTest {
  private static final String MARK = "S3CR3T";
  private static final String BEARER = MARK + "-of-the-caller-1";
  private static final String TOKEN = "eyJhbGciOiJIUzI1NiJ9." + MARK + "token.signature";
  private static final String RESUME_KEY = MARK + "-resume-key";
  private static final String QUERY = "?access_token=" + MARK + "query";

  private final Queue<String> written = new ConcurrentLinkedQueue<>();
  private final Logger ours = (Logger) LoggerFactory.getLogger("dev.livekitbridge");
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          written.add(event.getLoggerName() + " " + event.getFormattedMessage());
          if (event.getThrowableProxy() != null) {
            written.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
          }
        }
      };
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MemoryRooms rooms = MemoryRooms.create();
  private final Spans spans = new Spans();

  @BeforeEach
  void listen() {
    appender.start();
    ours.setLevel(Level.TRACE);
    ours.addAppender(appender);
  }

  @AfterEach
  void stop() {
    ours.detachAppender(appender);
    ours.setLevel(null);
    rooms.close();
    spans.close();
  }

  private BridgeServer server(int port) throws Exception {
    return BridgeServer.builder()
        .host("127.0.0.1")
        .port(port)
        .rooms(rooms)
        .rooms(LiveKitRooms.create())
        .meterRegistry(meters)
        .tracing(spans.tracing())
        .admin(AdminOptions.builder().port(0).metrics(() -> meters.getMetersAsString()).build())
        .security(SecurityOptions.builder().authenticator(StaticTokens.of(BEARER)).build())
        .build()
        .start();
  }

  private BridgeClient client(int port, String bearer) {
    return BridgeClient.builder("127.0.0.1:" + port)
        .meterRegistry(meters)
        .tracing(spans.tracing())
        .bearer(() -> BearerToken.of(bearer))
        .onAlert(alert -> written.add(alert.toString()))
        .build();
  }

  private BridgeSession open(BridgeClient client, String user, String url) {
    SessionRequest request =
        SessionRequest.builder(user)
            .room("room")
            .liveKitUrl(url)
            .tokens(join -> TOKEN)
            .resumeKey(RESUME_KEY)
            .onEvent(event -> written.add(event.toString()))
            .build();
    written.add(request.toString());
    return client.open(request);
  }

  private void faultOf(BridgeSession session) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                session.stats().lastFault().isPresent()
                    || session.state() == ConnectionState.CLOSED);
    written.add(session.stats().toString());
    written.add(session.toString());
  }

  @Test
  void noSecretIsWrittenAnywhereWhateverBreaks(@TempDir Path dir) throws Exception {
    String sessionId;
    BridgeServer server = server(0);
    int port = server.port();
    try (BridgeClient client = client(port, BEARER)) {
      BridgeSession good = open(client, "good", "memory:room");
      await().until(() -> good.state() == ConnectionState.CONNECTED);
      good.send(
          AudioFrame.copyOf(
              MARK.repeat(100).getBytes(java.nio.charset.StandardCharsets.US_ASCII), 1));
      // A file that is not there, with a signature in its URL.
      good.play(PlayRequest.url("http://127.0.0.1:1/x.wav" + QUERY).build())
          .completion()
          .whenComplete((result, error) -> written.add(result + " " + error))
          .handle((result, error) -> result)
          .toCompletableFuture()
          .join();
      // Servers that are not there, or are no LiveKit servers; a room that refuses the token.
      faultOf(open(client, "dead", "ws://127.0.0.1:1/" + QUERY));
      faultOf(open(client, "other", "ws://127.0.0.1:" + port + "/" + QUERY));
      faultOf(open(client, "odd", "ws://user:" + MARK + "@127.0.0.1:1/ " + QUERY));
      faultOf(open(client, "scheme", MARK.toLowerCase(java.util.Locale.ROOT) + "x:" + QUERY));
      rooms.nextJoin(JoinGate.fail(CloseReason.TOKEN_REJECTED));
      faultOf(open(client, "refused", "memory:room"));
      // A caller with a wrong token, and one that speaks TLS to who does not.
      try (BridgeClient stranger = client(port, MARK + "-of-nobody-at-all")) {
        faultOf(open(stranger, "stranger", "memory:room"));
      }
      try (BridgeClient encrypted =
          BridgeClient.builder("localhost:" + port)
              .tls(dev.livekitbridge.client.TlsOptions.defaults())
              .bearer(() -> BearerToken.of(BEARER))
              .build()) {
        faultOf(open(encrypted, "encrypted", "memory:room"));
      }
      sessionId = askInTheRaw(port);
      written.add(server.sessions().toString());
      written.add(pages(server.adminPort()));
      // The bridge is killed under the session, and comes back.
      server.close(Duration.ZERO);
      await().until(() -> good.state() != ConnectionState.CONNECTED);
      server = server(port);
      await().atMost(Duration.ofSeconds(20)).until(() -> good.state() == ConnectionState.CONNECTED);
      written.add(good.stats().toString());
      written.add(pages(server.adminPort()));
    } finally {
      server.close(Duration.ZERO);
    }
    meters.getMeters().forEach(meter -> written.add(meter.getId().toString()));
    assertThat(spans.all()).isNotEmpty();
    spans.all().forEach(span -> written.add(span.toString()));
    written.add(BearerToken.of(BEARER).toString());

    assertThat(written).as("what was written").hasSizeGreaterThan(100);
    assertThat(written).anyMatch(line -> line.contains("Cleaning up") || line.contains("reason="));
    for (String secret :
        List.of(MARK, MARK.toLowerCase(java.util.Locale.ROOT) + "query", sessionId)) {
      assertThat(written).as("secret").noneMatch(line -> line.contains(secret));
    }
  }

  /** What a caller sees of a call. */
  private static String said(Supplier<?> call) {
    try {
      return String.valueOf(call.get());
    } catch (StatusRuntimeException e) {
      return e + " " + e.getTrailers();
    }
  }

  /** What the admin port shows. */
  private static String pages(int port) throws Exception {
    StringBuilder pages = new StringBuilder();
    for (String page : List.of("/", "/metrics", "/healthz", "/readyz")) {
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + page)).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(page).isEqualTo(200);
      pages.append(answer.body());
    }
    return pages.toString();
  }

  /** As somebody with a client of their own; returns the secret id of a session. */
  private String askInTheRaw(int port) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + BEARER);
      LiveKitBridgeGrpc.LiveKitBridgeBlockingStub stub =
          LiveKitBridgeGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
      JoinRoomRequest.Builder join =
          JoinRoomRequest.newBuilder()
              .setUserId("raw")
              .setRoomName("room")
              .setToken(TOKEN)
              .setResumeKey(RESUME_KEY)
              .setResumeWindowMs(1000)
              .setLivekitUrl("memory:room");
      JoinRoomResponse joined = stub.joinRoom(join.build());
      written.add(
          stub.joinRoom(join.setUserId("dead2").setLivekitUrl("ws://127.0.0.1:1/" + QUERY).build())
              .toString());
      written.add(stub.joinRoom(join.setUserId("").build()).toString());
      written.add(stub.healthCheck(HealthCheckRequest.getDefaultInstance()).toString());
      written.add(
          stub.getStatus(BridgeStatusRequest.newBuilder().setUserId("raw").build()).toString());
      assertThat(joined.getSessionId()).isNotEmpty();
      // Of others' sessions, with files that are not there, with ids that are not right.
      for (String id : List.of("", MARK + "-id", joined.getSessionId())) {
        PlayAudioRequest play =
            PlayAudioRequest.newBuilder()
                .setUserId("raw")
                .setSessionId(id)
                .setRequestId("r" + id.length())
                .setAudioUrl("http://" + MARK + ":x@127.0.0.1:1/a.wav" + QUERY)
                .build();
        written.add(said(() -> stub.playAudio(play).next()));
        written.add(
            said(
                () ->
                    stub.stopAudio(
                        StopAudioRequest.newBuilder().setUserId("raw").setSessionId(id).build())));
        LeaveRoomRequest leave =
            LeaveRoomRequest.newBuilder().setUserId("raw").setSessionId(id).build();
        written.add(said(() -> stub.leaveRoom(leave)));
      }
      return joined.getSessionId();
    } finally {
      channel.shutdownNow();
    }
  }
}
