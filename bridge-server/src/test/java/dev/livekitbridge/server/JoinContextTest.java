package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A room is not tied to the gRPC call that asked for it, which ends long before the room does. */
class JoinContextTest {
  /** Notes in which context it is asked to join. */
  private static final class Connector implements RoomConnector {
    private final CompletableFuture<Context> context = new CompletableFuture<>();

    @Override
    public Set<String> schemes() {
      return Set.of("note");
    }

    @Override
    public CompletableFuture<Room> join(RoomJoin join, RoomListener listener) {
      context.complete(Context.current());
      return CompletableFuture.failedFuture(
          new BridgeException(CloseReason.ROOM_UNREACHABLE, "this one only takes notes"));
    }

    @Override
    public void close() {}
  }

  @Test
  void aRoomIsJoinedOutsideTheContextOfTheCall() throws IOException {
    Connector connector = new Connector();
    try (BridgeService service = BridgeService.builder().rooms(connector).build()) {
      Server server =
          InProcessServerBuilder.forName("join-context")
              .directExecutor()
              .addService(service)
              .build()
              .start();
      ManagedChannel channel =
          InProcessChannelBuilder.forName("join-context").directExecutor().build();
      try {
        JoinRoomResponse response =
            LiveKitBridgeGrpc.newBlockingStub(channel)
                .joinRoom(
                    JoinRoomRequest.newBuilder()
                        .setUserId("alice")
                        .setRoomName("r")
                        .setLivekitUrl("note:r")
                        .build());

        assertThat(response.getSuccess()).isFalse();
        assertThat(connector.context.join()).isSameAs(Context.ROOT);
      } finally {
        channel.shutdownNow();
        server.shutdownNow();
      }
    }
  }
}
