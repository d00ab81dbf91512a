package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.core.testing.FakeClock;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.server.security.JwtAuthenticator;
import dev.livekitbridge.server.security.Jwts;
import dev.livekitbridge.server.security.SecurityOptions;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may call what, over gRPC, on virtual time. */
@NullMarked
class SecurityTest {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Duration HOUR = Duration.ofHours(1);

  private final List<InProcessBridge> bridges = new ArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (InProcessBridge bridge : bridges) {
      bridge.close();
    }
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private InProcessBridge bridge(SecurityOptions.Builder security) throws IOException {
    InProcessBridge bridge =
        new InProcessBridge(BridgeServerOptions.defaults(), clock -> security.build());
    bridges.add(bridge);
    return bridge;
  }

  private InProcessBridge authenticating(SecurityOptions.Builder security) throws IOException {
    InProcessBridge bridge =
        new InProcessBridge(
            BridgeServerOptions.defaults(), clock -> security.authenticator(jwt(clock)).build());
    bridges.add(bridge);
    return bridge;
  }

  private JwtAuthenticator jwt(FakeClock clock) {
    JwtAuthenticator by = JwtAuthenticator.sharedSecret(Jwts.SECRET).time(clock).build();
    open.add(by);
    return by;
  }

  private static Channel as(InProcessBridge bridge, String token) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    return ClientInterceptors.intercept(
        bridge.channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static Channel as(InProcessBridge bridge, String name, Duration life, String... users) {
    return as(bridge, Jwts.of(name, bridge.clock.epochMillis(), life, users));
  }

  /** What a call with each message is told; the keys are all methods of the service. */
  private static Map<String, String> askAll(Channel channel, String user) {
    Map<String, String> answers = new TreeMap<>();
    Map<MethodDescriptor<?, ?>, Object> questions =
        Map.of(
            LiveKitBridgeGrpc.getJoinRoomMethod(),
            InProcessBridge.request(user).build(),
            LiveKitBridgeGrpc.getLeaveRoomMethod(),
            LeaveRoomRequest.newBuilder().setUserId(user).build(),
            LiveKitBridgeGrpc.getPlayAudioMethod(),
            PlayAudioRequest.newBuilder().setUserId(user).setAudioUrl("http://127.0.0.1:1").build(),
            LiveKitBridgeGrpc.getStopAudioMethod(),
            StopAudioRequest.newBuilder().setUserId(user).build(),
            LiveKitBridgeGrpc.getGetStatusMethod(),
            BridgeStatusRequest.newBuilder().setUserId(user).build(),
            LiveKitBridgeGrpc.getStreamAudioMethod(),
            AudioChunk.newBuilder().setUserId(user).build());
    questions.forEach(
        (method, question) ->
            answers.put(method.getBareMethodName(), ask(channel, method, question)));
    return answers;
  }

  // Each question is of its method's kind.
  @SuppressWarnings("unchecked")
  private static <Q> String ask(Channel channel, MethodDescriptor<Q, ?> method, Object question) {
    try {
      if (method.getType() == MethodDescriptor.MethodType.BIDI_STREAMING) {
        TestStream stream = TestStream.open(channel).sendAsIs(((AudioChunk) question).toBuilder());
        return stream.endStatus().getCode() + " " + stream.endStatus().getDescription();
      }
      ClientCalls.blockingServerStreamingCall(channel, method, CallOptions.DEFAULT, (Q) question)
          .forEachRemaining(answer -> {});
      return "OK";
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + " " + e.getStatus().getDescription();
    }
  }

  @Test
  void whoIsNotKnownLearnsNothingWhoeverExists() throws IOException {
    InProcessBridge bridge = authenticating(SecurityOptions.builder());
    Channel service = as(bridge, "svc", HOUR, "*");
    assertThat(join(service, "alice").getSuccess()).isTrue();
    for (Channel stranger :
        List.of(
            bridge.channel, as(bridge, "x.y.z"), as(bridge, "svc", Duration.ofMinutes(-1), "*"))) {
      Map<String, String> ofSomeone = askAll(stranger, "alice");
      assertThat(ofSomeone).isEqualTo(askAll(stranger, "nobody"));
      assertThat(ofSomeone)
          .hasSize(6)
          .allSatisfy(
              (m, answer) -> assertThat(answer).isEqualTo("UNAUTHENTICATED not authenticated"));
      assertThatThrownBy(
              () ->
                  LiveKitBridgeGrpc.newBlockingStub(stranger)
                      .healthCheck(HealthCheckRequest.getDefaultInstance()))
          .hasMessageContaining("UNAUTHENTICATED");
    }
    assertThat(bridge.service.sessions()).hasSize(1);
    assertThat(bridge.meter("livekit.bridge.calls.refused", "reason", "unauthenticated"))
        .isEqualTo(39);
  }

  @Test
  void whoMayNotIsToldTheSameWhoeverExists() throws IOException {
    InProcessBridge bridge = authenticating(SecurityOptions.builder());
    assertThat(join(as(bridge, "svc", HOUR, "*"), "alice").getSuccess()).isTrue();
    Channel bob = as(bridge, "bob", HOUR);
    Map<String, String> ofAlice = askAll(bob, "alice");
    assertThat(ofAlice).isEqualTo(askAll(bob, "nobody"));
    assertThat(ofAlice)
        .hasSize(6)
        .allSatisfy((m, answer) -> assertThat(answer).isEqualTo("PERMISSION_DENIED not permitted"));
    assertThat(bridge.service.sessions()).hasSize(1);
    // Every method of the service is asked for above, but for the one that names no user.
    assertThat(LiveKitBridgeGrpc.getServiceDescriptor().getMethods())
        .extracting(MethodDescriptor::getBareMethodName)
        .containsExactlyInAnyOrderElementsOf(with(ofAlice.keySet(), "HealthCheck"));
    // A stream that was refused holds no place among those that wait for a first chunk.
    for (int i = 0; i < 20; i++) {
      assertThat(TestStream.plain(bob, "alice").endStatus().getCode())
          .isEqualTo(Status.Code.PERMISSION_DENIED);
    }
    assertThat(bridge.clock.pendingDelays()).as("timers of streams").hasSizeLessThan(5);
  }

  @Test
  void howManyOthersThereAreIsForThoseWhoMayActForAll() throws IOException {
    InProcessBridge bridge = authenticating(SecurityOptions.builder());
    Channel service = as(bridge, "svc", HOUR, "*");
    assertThat(join(service, "alice").getSuccess()).isTrue();
    assertThat(health(service).getActiveSessions()).isEqualTo(1);
    HealthCheckResponse shown = health(as(bridge, "bob", HOUR));
    assertThat(shown.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    assertThat(shown.getActiveSessions()).isZero();
    assertThat(shown.getMetadataMap()).containsOnlyKeys("version");
  }

  @Test
  void whoMayHasTheWholeService() throws IOException {
    InProcessBridge bridge = authenticating(SecurityOptions.builder());
    Channel alice = as(bridge, "alice", HOUR);
    assertThat(join(alice, "alice").getSuccess()).isTrue();
    TestStream stream = TestStream.plain(alice, "alice");
    bridge.rooms.room("room").join("someone").publish(new byte[640]);
    assertThat(stream.audio()).hasSize(1);
    assertThat(
            LiveKitBridgeGrpc.newBlockingStub(alice)
                .leaveRoom(LeaveRoomRequest.newBuilder().setUserId("alice").build())
                .getSuccess())
        .isTrue();
  }

  @Test
  void aStreamEndsWithItsCredentialsAndTheSessionLives() throws IOException {
    InProcessBridge bridge =
        authenticating(SecurityOptions.builder().expiryGrace(Duration.ofSeconds(5)));
    Channel service = as(bridge, "svc", Duration.ofSeconds(20), "*");
    JoinRoomResponse joined =
        LiveKitBridgeGrpc.newBlockingStub(service)
            .joinRoom(InProcessBridge.resumable("alice").build());
    TestStream stream = TestStream.attach(service, "alice", joined.getSessionId());
    bridge.advance(Duration.ofSeconds(24));
    assertThat(stream.ended()).isFalse();
    bridge.advance(Duration.ofSeconds(1));
    assertThat(stream.endStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(stream.reason()).contains(CloseReason.UNAUTHENTICATED);
    assertThat(bridge.service.sessions().get(0).state()).isEqualTo(SessionState.DETACHED);

    Channel fresh = as(bridge, "svc", HOUR, "*");
    TestStream next = TestStream.attach(fresh, "alice", joined.getSessionId());
    bridge.advance(Duration.ofSeconds(25));
    assertThat(next.ended()).isFalse();
    next.cancel();
  }

  @Test
  void sessionsOfACallerAreLimited() throws IOException {
    InProcessBridge bridge = authenticating(SecurityOptions.builder().maxSessionsPerCaller(2));
    Channel one = as(bridge, "one", HOUR, "*");
    Channel two = as(bridge, "two", HOUR, "*");
    assertThat(join(one, "a").getSuccess()).isTrue();
    assertThat(join(one, "b").getSuccess()).isTrue();
    JoinRoomResponse third = join(one, "c");
    assertThat(third.getSuccess()).isFalse();
    assertThat(third.getMetadataMap()).containsEntry("reason", "OVERLOADED");
    assertThat(third.getError()).contains("caller=one", "2 sessions", "try later");
    assertThat(join(one, "b").getSuccess()).as("its own again").isTrue();
    assertThat(join(two, "c").getSuccess()).as("another caller").isTrue();
    assertThat(join(one, "c").getSuccess()).as("another's session is one more").isFalse();
    assertThat(join(two, "b").getSuccess()).as("moves to the other caller").isTrue();
    assertThat(join(one, "d").getSuccess()).as("has one less now").isTrue();
  }

  @Test
  void joinsOfACallerAreLimitedAndOthersAreServed() throws IOException {
    InProcessBridge bridge = authenticating(SecurityOptions.builder().joinsPerSecond(5));
    Channel one = as(bridge, "one", HOUR, "*");
    List<JoinRoomResponse> answers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      answers.add(join(one, "a"));
    }
    assertThat(answers).filteredOn(JoinRoomResponse::getSuccess).hasSizeBetween(5, 500);
    assertThat(answers)
        .filteredOn(answer -> !answer.getSuccess())
        .allSatisfy(
            answer ->
                assertThat(answer.getMetadataMap())
                    .containsEntry("reason", "OVERLOADED")
                    .containsKey("grpc-retry-pushback-ms"));
    assertThat(join(as(bridge, "two", HOUR, "*"), "b").getSuccess()).isTrue();
  }

  @Test
  void roomsAreOnlyWhereTheyMayBe() throws IOException {
    InProcessBridge bridge =
        bridge(SecurityOptions.builder().roomUrls("wss://livekit.example.com"));
    JoinRoomResponse refused = join(bridge.channel, "alice");
    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getMetadataMap()).containsEntry("reason", "NOT_PERMITTED");
    assertThat(refused.getError()).contains("livekit_url", "no rooms there");
    assertThat(bridge.service.sessions()).isEmpty();
  }

  private static List<String> with(Iterable<String> names, String one) {
    List<String> all = new ArrayList<>();
    names.forEach(all::add);
    all.add(one);
    return all;
  }

  private static JoinRoomResponse join(Channel channel, String user) {
    JoinRoomRequest request = InProcessBridge.request(user).build();
    return LiveKitBridgeGrpc.newBlockingStub(channel).joinRoom(request);
  }

  private static HealthCheckResponse health(Channel channel) {
    return LiveKitBridgeGrpc.newBlockingStub(channel)
        .healthCheck(HealthCheckRequest.getDefaultInstance());
  }
}
