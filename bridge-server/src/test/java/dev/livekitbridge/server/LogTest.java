package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log tells of a session, and what it never does. */
@NullMarked
class LogTest {
  private final Logger logger =
      (Logger) LoggerFactory.getLogger("dev.livekitbridge.server.session");
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  private InProcessBridge bridge;

  @BeforeEach
  void start() throws IOException {
    bridge = new InProcessBridge();
    logger.setLevel(Level.DEBUG);
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(appender);
    logger.setLevel(null);
    bridge.close();
  }

  @Test
  void brokenStreamTellsErrorCleanUpAndClosing() {
    bridge.join("user@example.com");
    TestStream.plain(bridge.channel, "user@example.com").cancel();
    List<String> lines = lines();
    assertThat(lines)
        .containsSubsequence(
            "session JOINING -> READY: user=user@example.com session=s1 reason=- detail=room joined",
            "session READY -> STREAMING: user=user@example.com session=s1 reason=- detail=attached, plain",
            "StreamAudio send error: user=user@example.com session=s1 reason=STREAM_BROKEN"
                + " detail=cancelled by the client, or its connection is gone",
            "Cleaning up session for user@example.com due to stream error:"
                + " user=user@example.com session=s1 reason=STREAM_BROKEN",
            "Closing room session: user=user@example.com session=s1 reason=STREAM_BROKEN");
  }

  @Test
  void whyAUserLeftIsToldInOneLine() {
    bridge.join("u");
    bridge.stub.leaveRoom(
        LeaveRoomRequest.newBuilder().setUserId("u").setReason("bye\nWARN forged").build());
    assertThat(lines())
        .contains(
            "session READY -> CLOSED: user=u session=s1 reason=LEFT"
                + " detail=LeaveRoom: bye WARN forged");
  }

  @Test
  void noSecretIsEverTold() {
    JoinRoomResponse joined =
        bridge.join(InProcessBridge.resumable("u").setResumeKey("the-key").setToken("the-token"));
    TestStream.attach(bridge.channel, "u", joined.getSessionId()).cancel();
    TestStream.attach(bridge.channel, "u", "the-guess");
    bridge.join(InProcessBridge.resumable("u").setResumeKey("other-key"));
    bridge.advance(Duration.ofMinutes(1));
    assertThat(lines())
        .isNotEmpty()
        .noneMatch(line -> line.contains("the-key"))
        .noneMatch(line -> line.contains("other-key"))
        .noneMatch(line -> line.contains("the-token"))
        .noneMatch(line -> line.contains("the-guess"))
        .noneMatch(line -> line.contains(joined.getSessionId()));
    assertThat(bridge.service.sessions().toString()).doesNotContain(joined.getSessionId());
  }

  @Test
  void noQueryOfAUrlIsEverTold() {
    bridge.join("u");
    PlayAudioRequest.Builder request =
        PlayAudioRequest.newBuilder().setUserId("u").setRequestId("r").setVolume(1);
    for (String url :
        List.of(
            "http://127.0.0.1/song.wav?token=the-token#the-fragment",
            "http://the-user:the-token@127.0.0.1/song.wav",
            "http://127.0.0.1/song wav?token=the-token",
            "ftp://127.0.0.1/song.wav?token=the-token")) {
      assertThat(bridge.stub.playAudio(request.setAudioUrl(url).build()).next().getError())
          .isNotEmpty()
          .doesNotContain("the-");
    }
    assertThat(lines())
        .anyMatch(line -> line.contains("url=http://127.0.0.1/song.wav"))
        .noneMatch(line -> line.contains("the-"));
  }

  @Test
  void lossesAreToldAtMostOnceASecond() {
    MemoryParticipant alice = bridge.rooms.room("room").join("alice");
    bridge.join("u");
    for (int i = 0; i < 1_000; i++) {
      alice.publish(new byte[640]);
    }
    bridge.advance(Duration.ofSeconds(5));
    assertThat(lines().stream().filter(line -> line.startsWith("frames dropped")))
        .containsExactly(
            "frames dropped, room to client: user=u session=s1 dropped={OVERFLOW=800}");
  }

  private List<String> lines() {
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
