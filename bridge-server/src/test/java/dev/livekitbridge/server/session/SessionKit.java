package dev.livekitbridge.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.SessionSnapshot;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.core.link.RetentionBudget;
import dev.livekitbridge.core.testing.FakeClock;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LeaveRoomResponse;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.TestSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The sessions of a bridge on virtual time, with streams and rooms that the test plays. */
@NullMarked
final class SessionKit {
  /** 20 ms of 16 kHz mono. */
  static final int FRAME_BYTES = 640;

  static final Duration FRAME = Duration.ofMillis(20);

  final FakeClock clock = new FakeClock();
  final FakeRooms rooms = new FakeRooms();
  final FakeSounds sounds = new FakeSounds();
  final SessionMetrics metrics;
  final RetentionBudget budget;
  final SessionRegistry registry;
  private int ids;

  SessionKit() {
    this(BridgeServerOptions.builder());
  }

  SessionKit(BridgeServerOptions.Builder options) {
    this(options, new RetentionBudget(512L << 20));
  }

  SessionKit(BridgeServerOptions.Builder options, RetentionBudget budget) {
    this(options, budget, null);
  }

  /** One whose counts are shown in a registry. */
  SessionKit(MeterRegistry meters) {
    this(BridgeServerOptions.builder(), new RetentionBudget(512L << 20), meters);
  }

  private SessionKit(
      BridgeServerOptions.Builder options, RetentionBudget budget, @Nullable MeterRegistry meters) {
    this.budget = budget;
    this.metrics = new SessionMetrics(meters);
    SessionEnvironment environment =
        new SessionEnvironment(
            clock,
            clock.scheduler(),
            TestSettings.of(options.build()),
            new RoomConnectors(List.of(rooms)),
            Admission.OPEN,
            sounds,
            metrics,
            budget,
            () -> "id" + ++ids,
            LoggerFactory.getLogger("dev.livekitbridge.server.session"));
    registry = new SessionRegistry(environment);
    if (meters != null) {
      SessionMeters.register(meters, environment, registry);
    }
  }

  static JoinRoomRequest.Builder request(String userId) {
    return JoinRoomRequest.newBuilder()
        .setUserId(userId)
        .setRoomName("room")
        .setToken("secret-token")
        .setLivekitUrl("fake:room");
  }

  static JoinRoomRequest.Builder resumable(String userId) {
    return request(userId).setResumeKey("key").setResumeWindowMs(10_000);
  }

  static AudioChunk.Builder pcm(int bytes) {
    return AudioChunk.newBuilder()
        .setPcmData(ByteString.copyFrom(new byte[bytes]))
        .setSampleRate(16_000)
        .setChannels(1);
  }

  static AudioChunk.Builder frame(long sequence) {
    return pcm(FRAME_BYTES).setSequence(sequence).setTimestampMs(sequence);
  }

  static AudioChunk.Builder heartbeat() {
    return AudioChunk.newBuilder().setSampleRate(16_000).setChannels(1);
  }

  static AudioFrame roomFrame(int number) {
    return AudioFrame.received(
        ByteString.copyFrom(new byte[FRAME_BYTES]),
        AudioFormat.VOICE,
        TrackId.SPEAKER,
        number,
        0,
        "alice");
  }

  /** A join whose answer may be waited for. */
  static final class Join {
    final List<JoinRoomResponse> answers = new ArrayList<>();
    JoinTicket ticket = JoinTicket.NONE;

    JoinRoomResponse answer() {
      assertThat(answers).hasSize(1);
      return answers.get(0);
    }

    String reason() {
      return answer().getMetadataOrDefault("reason", "");
    }
  }

  Join begin(JoinRoomRequest.Builder request) {
    Join join = new Join();
    join.ticket = registry.join(request.build(), join.answers::add);
    return join;
  }

  JoinRoomResponse join(JoinRoomRequest.Builder request) {
    JoinRoomResponse answer = begin(request).answer();
    assertThat(answer.getSuccess()).as(answer.getError()).isTrue();
    return answer;
  }

  FakeStream open(AudioChunk.Builder first) {
    FakeStream stream = new FakeStream();
    stream.attached(registry.open(first.build(), stream));
    return stream;
  }

  FakeStream plain(String userId) {
    return open(heartbeat().setUserId(userId));
  }

  FakeStream attach(String userId, JoinRoomResponse joined) {
    return open(heartbeat().setUserId(userId).setSessionId(joined.getSessionId()));
  }

  LeaveRoomResponse leave(LeaveRoomRequest.Builder request) {
    List<LeaveRoomResponse> answers = new ArrayList<>();
    registry.leave(request.build(), answers::add);
    assertThat(answers).hasSize(1);
    return answers.get(0);
  }

  void advance(Duration by) {
    clock.advance(by);
  }

  List<SessionSnapshot> sessions() {
    return registry.reports().snapshots().join();
  }

  Optional<SessionSnapshot> session(String userId) {
    return sessions().stream().filter(s -> s.userId().equals(userId)).findFirst();
  }

  @Nullable SessionState state(String userId) {
    return session(userId).map(SessionSnapshot::state).orElse(null);
  }

  void speak(int from, int to) {
    for (int i = from; i <= to; i++) {
      rooms.last().speak(roomFrame(i));
    }
  }

  /** What every test of a fault ends with. */
  void assertNothingLeftBehind() {
    assertThat(rooms.present()).as("participants").isEqualTo(sessions().size());
    assertThat(metrics.sessions()).as("sessions").isEqualTo(sessions().size());
    assertThat(metrics.streams())
        .as("streams")
        .isEqualTo(
            (int) sessions().stream().filter(s -> s.state() == SessionState.STREAMING).count());
    assertThat(sessions())
        .allSatisfy(
            s -> {
              assertThat(s.toClient().balanced()).as("%s", s).isTrue();
              assertThat(s.toRoom().balanced()).as("%s", s).isTrue();
            });
    if (sessions().isEmpty()) {
      assertThat(clock.pendingTasks()).as("timers").isZero();
      assertThat(budget.heldBytes()).as("bytes held").isZero();
    }
  }

  void assertClosed(FakeStream stream, CloseReason reason) {
    assertThat(stream.end()).as(stream.endDetail).isEqualTo(reason);
    assertThat(sessions()).isEmpty();
    assertNothingLeftBehind();
  }
}
