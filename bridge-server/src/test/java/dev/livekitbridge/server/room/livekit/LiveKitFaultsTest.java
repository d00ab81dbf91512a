package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.RoomTrack;
import dev.livekitbridge.server.room.TrackFate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What happens when a real server, its network or its token fails. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveKitFaultsTest {
  private LiveKitServer server;
  private ForeignParticipants foreigners;
  private final AtomicLong wallClockJumpMillis = new AtomicLong();
  private LiveKitRooms rooms;

  @BeforeAll
  void start() {
    server = LiveKitServer.start();
    foreigners = ForeignParticipants.python();
  }

  @BeforeEach
  void newConnector() {
    wallClockJumpMillis.set(0);
    rooms = LiveKitRooms.builder().time(new JumpingTime(wallClockJumpMillis)).build();
  }

  @AfterEach
  void everyTestLeavesWhatItJoined() {
    int open = rooms.openRooms();
    rooms.close();
    assertThat(open).isZero();
  }

  /** Real time whose time of day can be set forward. */
  private record JumpingTime(AtomicLong jumpMillis) implements TimeSource {
    private static final TimeSource REAL = TimeSource.system();

    @Override
    public long nanoTime() {
      return REAL.nanoTime();
    }

    @Override
    public long epochMillis() {
      return REAL.epochMillis() + jumpMillis.get();
    }
  }

  @AfterAll
  void stop() {
    if (foreigners != null) {
      foreigners.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private static final class Story implements RoomListener {
    final List<String> told = new CopyOnWriteArrayList<>();
    final List<AudioFrame> frames = new CopyOnWriteArrayList<>();
    final AtomicLong unconfirmedMillis = new AtomicLong();

    @Override
    public void onFrame(AudioFrame frame) {
      frames.add(frame);
    }

    @Override
    public void onParticipants(int count) {}

    @Override
    public void onUnconfirmed(long millis) {
      unconfirmedMillis.addAndGet(millis);
    }

    @Override
    public void onInterrupted(CloseReason reason, String detail) {
      told.add("interrupted " + reason);
    }

    @Override
    public void onRestored() {
      told.add("restored");
    }

    @Override
    public void onDisconnected(CloseReason reason, String detail) {
      told.add("gone " + reason);
    }
  }

  private RoomJoin join(String url, String room, String token) {
    return new RoomJoin(url, room, "user", token, "", AudioInput.DATA_PACKETS, Set.of());
  }

  private Room join(String room, String identity, RoomListener listener) {
    return rooms
        .join(join(server.url(), room, TestTokens.join(room, identity)), listener)
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  private static BridgeException refusal(CompletableFuture<Room> joining) {
    try {
      joining.orTimeout(20, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof BridgeException refusal) {
        return refusal;
      }
      throw e;
    }
    throw new AssertionError("the join was not refused");
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
  }

  @Test
  void aKilledServerThatComesBackIsRejoinedAndHeardAndSpokenToAgain() throws Exception {
    Story story = new Story();
    Room bridge = join("killed", "bridge", story);
    RoomTrack track = bridge.publish(TrackId.SPEAKER);
    Fate fate = new Fate();
    assertThat(track.reportTo(fate)).isTrue();
    long said = speak(track, 100);
    server.kill();
    eventually(() -> assertThat(story.told).containsExactly("interrupted ROOM_LOST"));
    assertThat(bridge.participantCount()).isZero();
    // None of it is told to have been said that was not sent, and none is forgotten.
    eventually(() -> assertThat(fate.told).endsWith("ROOM_LOST " + said));
    assertThat(story.unconfirmedMillis.get()).isPositive();
    server.restart();
    eventually(() -> assertThat(story.told).containsExactly("interrupted ROOM_LOST", "restored"));
    ForeignParticipants.Participant alice =
        foreigners.join(server.url(), TestTokens.join("killed", "alice"));
    // The track was published again without being asked for.
    track.ready().get(10, TimeUnit.SECONDS);
    alice.publish(new byte[640]);
    eventually(() -> assertThat(story.frames).isNotEmpty());
    eventually(() -> assertThat(bridge.participantCount()).isEqualTo(2));
    bridge.leave(CloseReason.LEFT).join();
    eventually(() -> assertThat(server.participants("killed")).containsExactly("alice"));
    alice.leave();
  }

  /** So many frames at once, as soon as the track takes them; gives their bytes. */
  private static long speak(RoomTrack track, int frames) {
    byte[] pcm = new byte[track.format().sampleRate() / 50 * track.format().bytesPerSample()];
    for (int i = 0; i < pcm.length; i++) {
      pcm[i] = (byte) (i * 31);
    }
    AudioFrame frame = AudioFrame.copyOf(pcm, track.format(), TrackId.SPEAKER, 0);
    eventually(() -> assertThat(track.write(frame)).isNull());
    for (int i = 1; i < frames; i++) {
      assertThat(track.write(frame)).isNull();
    }
    return (long) frames * pcm.length;
  }

  private static final class Fate implements TrackFate {
    final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void left(long end) {
      told.add("left " + end);
    }

    @Override
    public void lost(long end, DropCause cause) {
      told.add(cause + " " + end);
    }
  }

  @Test
  void aForcedShutdownIsRejoinedToo() {
    Story story = new Story();
    Room bridge = join("shutdown", "bridge", story);
    server.shutDown();
    server.restart();
    eventually(() -> assertThat(story.told).containsExactly("interrupted ROOM_LOST", "restored"));
    bridge.leave(CloseReason.LEFT).join();
    eventually(() -> assertThat(server.participants("shutdown")).isEmpty());
  }

  @Test
  void aRejoinTakesTheNewestToken() {
    Story story = new Story();
    String first = TestTokens.join("refreshed", "bridge", Duration.ofMinutes(1), TestTokens.SECRET);
    Room bridge =
        rooms
            .join(join(server.url(), "refreshed", first), story)
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
    // The server gives a fresh one with the join, and the first one is over by now.
    wallClockJumpMillis.set(Duration.ofMinutes(3).toMillis());
    server.kill();
    server.restart();
    eventually(() -> assertThat(story.told).containsExactly("interrupted ROOM_LOST", "restored"));
    bridge.leave(CloseReason.LEFT).join();
  }

  @Test
  void aJoinWhoseMediaGetsNowhereLeavesNobody() {
    BadNetwork network = new BadNetwork(1, 0, 0, 0);
    network.block(true);
    try (LiveKitRooms cut =
        LiveKitRooms.builder()
            .tcp(false)
            .hook(network)
            .joinTimeout(Duration.ofSeconds(2))
            .build()) {
      String token = TestTokens.join("cut", "bridge");
      assertThat(refusal(cut.join(join(server.url(), "cut", token), new Story())).reason())
          .isEqualTo(CloseReason.JOIN_TIMEOUT);
      assertThat(cut.openRooms()).isZero();
      eventually(() -> assertThat(server.participants("cut")).isEmpty());
    }
  }

  @Test
  void aTokenThatExpiredWhileTheServerWasAwayEndsIt() {
    Story story = new Story();
    // The server gives us a fresh token at once: it is time that has to pass.
    Room bridge = join("expired", "bridge", story);
    wallClockJumpMillis.set(Duration.ofHours(7).toMillis());
    try {
      server.kill();
      eventually(
          () ->
              assertThat(story.told)
                  .containsExactly("interrupted ROOM_LOST", "gone TOKEN_REJECTED"));
    } finally {
      server.restart();
    }
    bridge.leave(CloseReason.LEFT).join();
  }

  @Test
  void aWrongSecretAnExpiredTokenAndAnotherRoomAreToldApart() {
    String wrong =
        TestTokens.join("r", "b", Duration.ofMinutes(1), "another-secret-of-32-characters-");
    BridgeException rejected = refusal(rooms.join(join(server.url(), "r", wrong), new Story()));
    assertThat(rejected.reason()).isEqualTo(CloseReason.TOKEN_REJECTED);
    assertThat(rejected).hasMessageContaining("HTTP 401").hasMessageNotContaining(wrong);

    String old = TestTokens.join("r", "b", Duration.ofMinutes(-5), TestTokens.SECRET);
    assertThat(refusal(rooms.join(join(server.url(), "r", old), new Story())).reason())
        .isEqualTo(CloseReason.TOKEN_REJECTED);

    assertThat(refusal(rooms.join(join(server.url(), "r", "no\nJWT"), new Story())).reason())
        .isEqualTo(CloseReason.TOKEN_REJECTED);

    BridgeException other =
        refusal(
            rooms.join(join(server.url(), "asked", TestTokens.join("other", "b")), new Story()));
    assertThat(other.reason()).isEqualTo(CloseReason.BAD_REQUEST);
    assertThat(other).hasMessageContaining("asked").hasMessageContaining("other");
  }

  @Test
  void urlsThatLeadNowhereAreRefusedSoonAndClearly() throws Exception {
    String token = TestTokens.join("r", "b");
    assertThat(refusal(rooms.join(join("http://x", "r", token), new Story())).reason())
        .isEqualTo(CloseReason.BAD_REQUEST);
    BridgeException unnamed =
        refusal(rooms.join(join("ws://no-such-host.invalid:7880", "r", token), new Story()));
    assertThat(unnamed.reason()).isEqualTo(CloseReason.ROOM_UNREACHABLE);
    assertThat(unnamed).hasMessageContaining("no-such-host.invalid does not resolve");

    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    assertThat(
            refusal(rooms.join(join("ws://127.0.0.1:" + closed, "r", token), new Story())).reason())
        .isEqualTo(CloseReason.ROOM_UNREACHABLE);
  }

  @Test
  void aServerThatTalksNonsenseIsUnreachable() throws Exception {
    for (String nonsense :
        List.of(
            "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
            "")) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        Thread answering = new Thread(() -> answer(socket, nonsense), "nonsense");
        answering.setDaemon(true);
        answering.start();
        String url = "ws://127.0.0.1:" + socket.getLocalPort();
        BridgeException refused =
            refusal(rooms.join(join(url, "r", TestTokens.join("r", "b")), new Story()));
        assertThat(refused.reason()).as(nonsense).isEqualTo(CloseReason.ROOM_UNREACHABLE);
      }
    }
  }

  private static void answer(ServerSocket socket, String text) {
    try (Socket peer = socket.accept()) {
      byte[] request = new byte[4096];
      if (peer.getInputStream().read(request) > 0) {
        peer.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        peer.getOutputStream().flush();
      }
    } catch (IOException e) {
      // The test has ended.
    }
  }

  @Test
  void aServerThatNeverAnswersIsGivenUpAtTheDeadline() throws Exception {
    try (LiveKitRooms hasty = LiveKitRooms.builder().joinTimeout(Duration.ofMillis(500)).build();
        ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "ws://127.0.0.1:" + silent.getLocalPort();
      assertThat(
              refusal(hasty.join(join(url, "r", TestTokens.join("r", "b")), new Story())).reason())
          .isEqualTo(CloseReason.JOIN_TIMEOUT);
      assertThat(hasty.openRooms()).isZero();
    }
  }

  @Test
  void aServerThatHangsForAWhileIsBridgedOver() {
    Story story = new Story();
    Room bridge = join("stopped", "bridge", story);
    ForeignParticipants.Participant alice =
        foreigners.join(server.url(), TestTokens.join("stopped", "alice"));
    server.signal("STOP");
    await().pollDelay(Duration.ofSeconds(10)).atMost(Duration.ofSeconds(12)).until(() -> true);
    server.signal("CONT");
    alice.publish(new byte[640]);
    eventually(() -> assertThat(story.frames).isNotEmpty());
    assertThat(story.told).isEmpty();
    bridge.leave(CloseReason.LEFT).join();
    alice.leave();
  }

  @Test
  void withoutUdpMediaGoesOverTcp() {
    LiveKitServer tcpOnly = LiveKitServer.startWithoutUdp();
    try (LiveKitRooms overTcp = LiveKitRooms.builder().udp(false).build()) {
      Story story = new Story();
      Room bridge =
          overTcp
              .join(join(tcpOnly.url(), "tcp", TestTokens.join("tcp", "bridge")), story)
              .orTimeout(20, TimeUnit.SECONDS)
              .join();
      ForeignParticipants.Participant alice =
          foreigners.join(tcpOnly.url(), TestTokens.join("tcp", "alice"));
      for (int i = 0; i < 100; i++) {
        alice.publish(new byte[640]);
      }
      eventually(() -> assertThat(story.frames).hasSize(100));
      bridge.leave(CloseReason.LEFT).join();
      alice.leave();
    } finally {
      tcpOnly.close();
    }
  }

  @Test
  void closingTheConnectorLeavesEveryRoom() {
    LiveKitRooms own = LiveKitRooms.create();
    own.join(join(server.url(), "closing", TestTokens.join("closing", "b1")), new Story()).join();
    own.join(join(server.url(), "closing", TestTokens.join("closing", "b2")), new Story()).join();
    own.close();
    eventually(() -> assertThat(server.participants("closing")).isEmpty());
    assertThat(
            refusal(
                    own.join(
                        join(server.url(), "closing", TestTokens.join("closing", "b3")),
                        new Story()))
                .reason())
        .isEqualTo(CloseReason.DRAINING);
  }
}
