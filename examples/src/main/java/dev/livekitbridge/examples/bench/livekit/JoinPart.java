package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.examples.bench.figures.Samples;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.livekit.LiveKitAdmin;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Joins and leaves over bare gRPC: how long a join takes, and whether anything stays behind. */
final class JoinPart implements AutoCloseable {
  private static final int WARM_UP = 20;
  private static final String ROOM = "bench-joins";

  private final LiveKitAccess access;
  private final LiveKitAdmin admin;
  private final BridgeProcess bridge;
  private final ManagedChannel channel;
  private int failed;

  JoinPart(LiveKitAccess access, BridgeProcess bridge) {
    this.access = access;
    this.admin = new LiveKitAdmin(access);
    this.bridge = bridge;
    this.channel =
        Grpc.newChannelBuilder("127.0.0.1:" + bridge.port(), InsecureChannelCredentials.create())
            .build();
  }

  /** Joins that failed so far. */
  int failed() {
    return failed;
  }

  /** One after the other, each left before the next. */
  Samples joins(int count) {
    Samples joins = new Samples("join, warm (" + ROOM + ")");
    for (int i = 0; i < WARM_UP + count; i++) {
      long startNanos = System.nanoTime();
      boolean in = join("joiner", ROOM);
      long nanos = System.nanoTime() - startNanos;
      if (in && i >= WARM_UP) {
        joins.addNanos(nanos);
      }
      leave("joiner");
    }
    return joins;
  }

  /** What stayed behind after rounds of joining and leaving. */
  Leftovers rounds(int rounds, int sessions) throws InterruptedException {
    round(sessions);
    round(sessions);
    Usage before = bridge.collected();
    for (int i = 0; i < rounds; i++) {
      round(sessions);
    }
    // LiveKit forgets who left within a moment.
    for (int tries = 0; tries < 50 && !admin.participants(ROOM).isEmpty(); tries++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    Usage after = bridge.collected();
    return new Leftovers(
        (after.residentBytes() - before.residentBytes()) / 1e6,
        after.threads() - before.threads(),
        after.descriptors() - before.descriptors(),
        admin.participants(ROOM).size());
  }

  /**
   * What stayed behind.
   *
   * @param megabytes of memory, after a collection
   * @param threads of the kernel
   * @param descriptors files and sockets
   * @param participants in the room
   */
  record Leftovers(double megabytes, int threads, int descriptors, int participants) {}

  private void round(int sessions) throws InterruptedException {
    List<Future<JoinRoomResponse>> joining = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      joining.add(
          LiveKitBridgeGrpc.newFutureStub(channel)
              .withDeadlineAfter(20, TimeUnit.SECONDS)
              .joinRoom(request("round-" + i, ROOM)));
    }
    for (Future<JoinRoomResponse> each : joining) {
      try {
        count(each.get().getSuccess());
      } catch (ExecutionException e) {
        count(false);
      }
    }
    for (int i = 0; i < sessions; i++) {
      leave("round-" + i);
    }
  }

  private boolean join(String user, String room) {
    return count(
        LiveKitBridgeGrpc.newBlockingStub(channel)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .joinRoom(request(user, room))
            .getSuccess());
  }

  private boolean count(boolean success) {
    if (!success) {
      failed++;
    }
    return success;
  }

  private void leave(String user) {
    LiveKitBridgeGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .leaveRoom(LeaveRoomRequest.newBuilder().setUserId(user).build());
  }

  private JoinRoomRequest request(String user, String room) {
    return JoinRoomRequest.newBuilder()
        .setUserId(user)
        .setRoomName(room)
        .setToken(access.joinToken(room, user))
        .setLivekitUrl(access.url())
        .build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
