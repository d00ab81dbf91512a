package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.RoomTrack;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** A room is not tied to the gRPC calls that lead to it, all of which may end before it does. */
@NullMarked
class RoomContextTest {
  @Test
  void roomIsJoinedSpokenInAndLeftOutsideTheContextOfTheCalls() throws IOException {
    Connector connector = new Connector();
    try (BridgeService service = BridgeService.builder().rooms(connector).build()) {
      String name = InProcessServerBuilder.generateName();
      Server server =
          InProcessServerBuilder.forName(name).directExecutor().addService(service).build().start();
      ManagedChannel channel = InProcessChannelBuilder.forName(name).directExecutor().build();
      LiveKitBridgeGrpc.LiveKitBridgeBlockingStub stub = LiveKitBridgeGrpc.newBlockingStub(channel);
      try {
        stub.joinRoom(InProcessBridge.request("u").setLivekitUrl("note:r").build());
        TestStream.plain(channel, "u").say(new byte[640]);
        stub.leaveRoom(LeaveRoomRequest.newBuilder().setUserId("u").build());
        assertThat(connector.contexts).hasSize(3).containsOnly(Context.ROOT);
      } finally {
        channel.shutdownNow();
        server.shutdownNow();
      }
    }
  }

  /** Notes in which contexts it is asked to join, publish and leave. */
  private static final class Connector extends StubRoom {
    private final List<Context> contexts = new ArrayList<>();

    Connector() {
      super("note");
    }

    @Override
    public CompletableFuture<Room> join(RoomJoin join, RoomListener listener) {
      contexts.add(Context.current());
      return super.join(join, listener);
    }

    @Override
    public RoomTrack publish(TrackId track, int channels) {
      contexts.add(Context.current());
      return super.publish(track, channels);
    }

    @Override
    public CompletableFuture<Void> leave(CloseReason reason) {
      contexts.add(Context.current());
      return super.leave(reason);
    }
  }
}
