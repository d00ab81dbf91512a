package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LeaveRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.proto.LiveKitBridgeGrpc.LiveKitBridgeFutureStub;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.proto.StopAudioResponse;
import dev.livekitbridge.server.room.RoomTrack;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A session that is busy on one thread is called on another: the call returns at once, and its
 * answer comes from the busy thread later, when gRPC takes no more preparations for it.
 */
@NullMarked
class BusySessionTest {
  private static final int LIMIT_SECONDS = 10;

  private final SlowRoom room = new SlowRoom();
  private final BridgeService service = BridgeService.builder().rooms(room).build();
  private ManagedChannel channel;
  private Server server;
  private LiveKitBridgeFutureStub stub;
  private Thread speaking;

  @BeforeEach
  void aSessionIsBusyOnAnotherThread() throws Exception {
    String name = InProcessServerBuilder.generateName();
    // Direct: a call has returned at the bridge when it has returned here.
    server = start(name);
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    stub = LiveKitBridgeGrpc.newFutureStub(channel);
    stub.joinRoom(InProcessBridge.request("u").setLivekitUrl("slow:r").build())
        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    TestStream stream = TestStream.plain(channel, "u");
    speaking = new Thread(() -> stream.say(new byte[640]), "speaking");
    speaking.start();
    assertThat(room.busy.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private Server start(String name) throws IOException {
    return InProcessServerBuilder.forName(name)
        .directExecutor()
        .addService(service)
        .build()
        .start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    room.idle.countDown();
    speaking.join();
    channel.shutdownNow();
    server.shutdownNow();
    service.close();
  }

  @Test
  void leaveRoomIsAnswered() throws Exception {
    ListenableFuture<LeaveRoomResponse> left =
        stub.leaveRoom(LeaveRoomRequest.newBuilder().setUserId("u").build());
    assertThat(left).isNotDone();
    room.idle.countDown();
    assertThat(left.get(LIMIT_SECONDS, TimeUnit.SECONDS).getSuccess()).isTrue();
    assertThat(service.sessions()).isEmpty();
  }

  @Test
  void stopAudioIsAnsweredAndTheSessionLives() throws Exception {
    ListenableFuture<StopAudioResponse> stopped =
        stub.stopAudio(StopAudioRequest.newBuilder().setUserId("u").build());
    assertThat(stopped).isNotDone();
    room.idle.countDown();
    assertThat(stopped.get(LIMIT_SECONDS, TimeUnit.SECONDS).getSuccess()).isTrue();
    assertThat(service.sessions()).hasSize(1);
  }

  /** Takes its time to publish, which the session waits for. */
  private static final class SlowRoom extends StubRoom {
    final CountDownLatch busy = new CountDownLatch(1);
    final CountDownLatch idle = new CountDownLatch(1);

    SlowRoom() {
      super("slow");
    }

    @Override
    public RoomTrack publish(TrackId track, int channels) {
      busy.countDown();
      try {
        assertThat(idle.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return this;
    }
  }
}
