package dev.livekitbridge.examples.bench.startup;

import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * What a start of a bridge is held against: a gRPC server that does nothing, and makes one call to
 * itself before it says that it listens.
 */
public final class BareStart {
  private BareStart() {}

  /**
   * Listens until it is killed.
   *
   * @param args none
   */
  public static void main(String... args) throws IOException, InterruptedException {
    Server warm = start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), warm.getPort()))
            .usePlaintext()
            .build();
    LiveKitBridgeGrpc.newBlockingStub(channel).healthCheck(HealthCheckRequest.getDefaultInstance());
    channel.shutdownNow();
    warm.shutdownNow();
    Server server = start();
    System.out.println(Json.line(Json.object("event", "listening", "port", server.getPort())));
    server.awaitTermination();
  }

  private static Server start() throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return NettyServerBuilder.forAddress(anyPort).addService(new Healthy()).build().start();
  }

  private static final class Healthy extends LiveKitBridgeGrpc.LiveKitBridgeImplBase {
    @Override
    public void healthCheck(
        HealthCheckRequest request, StreamObserver<HealthCheckResponse> response) {
      response.onNext(HealthCheckResponse.getDefaultInstance());
      response.onCompleted();
    }
  }
}
