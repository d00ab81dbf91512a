package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RecordingListener;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.livekit.net.SocketHook;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real rooms over a network that loses, delays and reorders. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveKitBadNetworkTest {
  /** 60 ms: what is shorter and made up well, the ear takes for a syllable's end. */
  private static final int EAR_WINDOWS = 3;

  private LiveKitServer server;
  private ForeignParticipants foreigners;

  @BeforeAll
  void start() {
    server = LiveKitServer.start();
    foreigners = ForeignParticipants.python();
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

  private Room join(LiveKitRooms rooms, String room, AudioInput input, RoomListener listener) {
    return join(rooms, room, "bridge", input, listener);
  }

  private Room join(
      LiveKitRooms rooms, String room, String identity, AudioInput input, RoomListener listener) {
    String token = TestTokens.join(room, identity);
    return rooms
        .join(new RoomJoin(server.url(), room, "user", token, "alice", input, Set.of()), listener)
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 0, 200", "5, 50, 20, 200", "20, 50, 20, 100"})
  void reliableDataIsCompleteAndInOrder(int loss, int delay, int jitter, int packets) {
    String room = "lossy-" + loss;
    RecordingListener listener = new RecordingListener();
    BadNetwork network = new BadNetwork(loss, loss, delay, jitter);
    try (LiveKitRooms rooms = LiveKitRooms.builder().tcp(false).hook(network).build()) {
      // A join has ten seconds, and pion waits one before it says a lost DTLS flight again: with
      // one packet in five lost both ways that is a matter of luck. What is tested is the data.
      network.good(loss > 5);
      Room bridge = join(rooms, room, AudioInput.DATA_PACKETS, listener);
      network.good(false);
      ForeignParticipants.Participant alice =
          foreigners.join(server.url(), TestTokens.join(room, "alice"));
      for (int i = 0; i < packets; i++) {
        alice.publish(new byte[] {(byte) i, (byte) (i >> 8)});
      }
      await()
          .atMost(Duration.ofSeconds(40))
          .untilAsserted(() -> assertThat(listener.frames()).hasSize(packets));
      for (int i = 0; i < packets; i++) {
        assertThat(listener.frames().get(i).toSamples()[0]).isEqualTo((short) i);
      }
      bridge.leave(CloseReason.LEFT).join();
      alice.leave();
      assertThat(listener.disconnects()).isEmpty();
    }
  }

  @Test
  void lostHelloVerifyRequestIsSaidAgainAndTheJoinSucceeds() {
    AtomicInteger lost = new AtomicInteger();
    SocketHook loser = pipeline -> pipeline.addFirst(new LosesHelloVerifyRequest(lost));
    try (LiveKitRooms rooms = LiveKitRooms.builder().tcp(false).hook(loser).build()) {
      Room bridge = join(rooms, "cookie", AudioInput.DATA_PACKETS, new RecordingListener());
      assertThat(lost).hasValue(1);
      bridge.leave(CloseReason.LEFT).join();
    }
  }

  /** RFC 6347 §4.2.1: what a server answers to the first ClientHello. The first one is lost. */
  private static final class LosesHelloVerifyRequest extends ChannelInboundHandlerAdapter {
    private static final int HANDSHAKE = 22;
    private static final int HELLO_VERIFY_REQUEST = 3;
    private static final int RECORD_HEADER = 13;

    private final AtomicInteger lost;

    LosesHelloVerifyRequest(AtomicInteger lost) {
      this.lost = lost;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof DatagramPacket datagram
          && isHelloVerifyRequest(datagram.content())
          && lost.compareAndSet(0, 1)) {
        datagram.release();
      } else {
        context.fireChannelRead(message);
      }
    }

    private static boolean isHelloVerifyRequest(ByteBuf datagram) {
      int at = datagram.readerIndex();
      return datagram.readableBytes() > RECORD_HEADER
          && datagram.getByte(at) == HANDSHAKE
          && datagram.getByte(at + RECORD_HEADER) == HELLO_VERIFY_REQUEST;
    }
  }

  /**
   * A busy machine makes gaps of its own: the speaker's, the server's, ours. A second listener
   * hears the same through a good network; what the loss adds to its gaps must not be heard as one.
   */
  @Test
  void audioHasNoGapAtFivePercentLoss() {
    RecordingListener listener = new RecordingListener();
    RecordingListener control = new RecordingListener();
    BadNetwork network = new BadNetwork(7, 5, 0, 0);
    try (LiveKitRooms rooms = LiveKitRooms.builder().tcp(false).hook(network).build();
        LiveKitRooms goodRooms = LiveKitRooms.builder().tcp(false).build()) {
      Room bridge = join(rooms, "lossy-audio", AudioInput.AUDIO_TRACKS, listener);
      Room other = join(goodRooms, "lossy-audio", "control", AudioInput.AUDIO_TRACKS, control);
      ForeignParticipants.Participant alice =
          foreigners.join(server.url(), TestTokens.join("lossy-audio", "alice"));
      for (int i = 0; i < 250; i++) {
        alice.say(Tone.piece(AudioFormat.VOICE, 500, 8_000, i * 320, 320));
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                int heardWell = windows(control.frames());
                assertThat(heardWell).isGreaterThan(200);
                assertThat(windows(listener.frames())).isGreaterThanOrEqualTo(heardWell * 95 / 100);
              });
      assertThat(gap(listener)).isLessThanOrEqualTo(gap(control) + EAR_WINDOWS);
      bridge.leave(CloseReason.LEFT).join();
      other.leave(CloseReason.LEFT).join();
      alice.leave();
    }
  }

  private static int gap(RecordingListener listener) {
    return Tone.longestGap(Tone.samples(listener.frames()), 500, 8_000, 16_000);
  }

  private static int windows(List<AudioFrame> frames) {
    return Tone.windowsWith(Tone.samples(frames), 500, 8_000, 16_000);
  }

  @Test
  void whenUdpIsBlockedInACallItGoesOnOverTcp() {
    List<String> told = new CopyOnWriteArrayList<>();
    RecordingListener listener = new RecordingListener();
    RoomListener story =
        new RoomListener() {
          @Override
          public void onFrame(AudioFrame frame) {
            listener.onFrame(frame);
          }

          @Override
          public void onParticipants(int count) {}

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
        };
    BadNetwork network = new BadNetwork(1, 0, 0, 0);
    try (LiveKitRooms rooms = LiveKitRooms.builder().hook(network).build()) {
      Room bridge = join(rooms, "blocked", AudioInput.DATA_PACKETS, story);
      network.block(true);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> assertThat(told).containsExactly("interrupted ROOM_LOST", "restored"));
      ForeignParticipants.Participant alice =
          foreigners.join(server.url(), TestTokens.join("blocked", "alice"));
      alice.publish(new byte[640]);
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(listener.frames()).hasSize(1));
      bridge.leave(CloseReason.LEFT).join();
      alice.leave();
    }
  }
}
