package dev.livekitbridge.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.livekitbridge.examples.faults.ExistingClient.RawStream;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import dev.livekitbridge.server.room.memory.ParticipantInfo;
import io.grpc.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a broken or hostile peer sends over a real socket: a clear error, and a neighbour goes on.
 */
class BadInputTest {
  private static final String URL = "memory:standup";

  private final MemoryRooms rooms = MemoryRooms.create();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final BridgeServer server =
      BridgeServer.builder().host("127.0.0.1").port(0).rooms(rooms).build();
  private ExistingClient neighbour = new ExistingClient(1);
  private RawStream neighbours = new RawStream();

  @BeforeEach
  void startWithANeighbour() throws Exception {
    neighbour.close();
    server.start();
    neighbour = new ExistingClient(server.port());
    neighbour.join("neighbour", URL);
    neighbours = neighbour.stream("neighbour");
    MemoryParticipant alice = rooms.room("standup").join("alice");
    timer.scheduleAtFixedRate(() -> alice.publish(new byte[640]), 0, 20, TimeUnit.MILLISECONDS);
    await().untilAsserted(() -> assertThat(neighbours.audioFrames()).isPositive());
  }

  @AfterEach
  void neighbourGoesOnAndNothingIsLeftBehind() {
    try {
      int before = neighbours.audioFrames();
      await().untilAsserted(() -> assertThat(neighbours.audioFrames()).isGreaterThan(before + 5));
      assertThat(neighbours.open()).isTrue();
      await().untilAsserted(() -> assertThat(server.sessions()).hasSize(1));
      assertThat(rooms.participantCount(ParticipantInfo.Kind.BRIDGE)).isOne();
      Rig.assertLaw(server.port());
    } finally {
      timer.shutdownNow();
      neighbour.close();
      server.close(Duration.ZERO);
    }
  }

  private Status endOf(UnaryOperator<AudioChunk.Builder> first) throws Exception {
    try (ExistingClient client = new ExistingClient(server.port())) {
      RawStream stream = client.open();
      stream.send(first.apply(ExistingClient.chunk()).build());
      return stream.awaitEnd(10);
    }
  }

  private Status endAfterJoin(UnaryOperator<AudioChunk.Builder> second) throws Exception {
    try (ExistingClient client = new ExistingClient(server.port())) {
      assertThat(client.join("guest", URL).getSuccess()).isTrue();
      RawStream stream = client.stream("guest");
      stream.send(second.apply(ExistingClient.audio().toBuilder()).build());
      return stream.awaitEnd(10);
    }
  }

  @Test
  void firstChunkWithoutUser() throws Exception {
    Status status = endOf(chunk -> chunk);
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("user_id");
  }

  @Test
  void unknownUser() throws Exception {
    Status status = endOf(chunk -> chunk.setUserId("nobody"));
    assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(status.getDescription()).contains("nobody").contains("JoinRoom");
  }

  @Test
  void userThatChangesMidway() throws Exception {
    Status status = endAfterJoin(chunk -> chunk.setUserId("neighbour"));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("user_id");
  }

  @Test
  void oddLength() throws Exception {
    Status status = endAfterJoin(chunk -> chunk.setPcmData(ByteString.copyFrom(new byte[641])));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("pcm_data").contains("641");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, sample_rate",
    "-5, 1, sample_rate",
    "7999, 1, sample_rate",
    "48001, 1, sample_rate",
    "2147483647, 1, sample_rate",
    "16000, 0, channels",
    "16000, 3, channels",
    "16000, -1, channels"
  })
  void absurdFormat(int rate, int channels, String field) throws Exception {
    Status status = endAfterJoin(chunk -> chunk.setSampleRate(rate).setChannels(channels));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription())
        .contains(field)
        .contains(Integer.toString(field.equals("channels") ? channels : rate));
  }

  @Test
  void negativeTrack() throws Exception {
    Status status = endAfterJoin(chunk -> chunk.setTrackId(-1));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("track_id").contains("-1");
  }

  @Test
  void frameThatIsTooLong() throws Exception {
    Status status = endAfterJoin(chunk -> chunk.setPcmData(ByteString.copyFrom(new byte[2 << 20])));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("pcm_data");
  }

  @Test
  void messageThatIsTooLarge() throws Exception {
    Status status =
        endAfterJoin(chunk -> chunk.setPcmData(ByteString.copyFrom(new byte[11 << 20])));
    assertThat(status.getCode())
        .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED, Status.Code.UNAVAILABLE);
  }

  @ParameterizedTest
  @CsvSource({"'', user_id", "x, user_id"})
  void emptyOrOverlongIds(String id, String field) {
    try (ExistingClient client = new ExistingClient(server.port())) {
      var answer = client.join(id.repeat(10_000), URL);
      assertThat(answer.getSuccess()).isFalse();
      assertThat(answer.getError()).contains(field).hasSizeLessThan(500);
      assertThat(answer.getMetadataMap()).containsEntry("reason", "BAD_REQUEST");
    }
  }

  @ParameterizedTest
  @CsvSource({"''", "nonsense", "ftp://host/room", "memory"})
  void urlThatNoConnectorServes(String url) {
    try (ExistingClient client = new ExistingClient(server.port())) {
      var answer = client.join("guest", url);
      assertThat(answer.getSuccess()).isFalse();
      assertThat(answer.getError()).contains("livekit_url");
      assertThat(answer.getMetadataMap()).containsEntry("reason", "BAD_REQUEST");
    }
  }

  @Test
  void garbageOnThePort() throws Exception {
    long seed = 20_261_123;
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        OutputStream out = socket.getOutputStream();
        byte[] garbage = new byte[2_000];
        random.nextBytes(garbage);
        if (i % 2 == 0) {
          out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.write(garbage);
      } catch (IOException closedByTheBridge) {
        assertThat(closedByTheBridge).as("seed %d", seed).hasMessageNotContaining("refused");
      }
    }
  }
}
