package dev.livekitbridge.examples.bench.load;

import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The other end of {@link BareServer}: one channel, one event loop, no hand-over. */
final class BareClient implements LoadEnd {
  private final LoadPlan plan;
  private final Arrivals arrivals;
  private final BareLoop loop = BareLoop.create();
  private final ManagedChannel channel;
  private final List<StreamObserver<AudioChunk>> streams = new ArrayList<>();

  BareClient(LoadPlan plan, Arrivals arrivals, int port) {
    this.plan = plan;
    this.arrivals = arrivals;
    this.channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .usePlaintext()
            .eventLoopGroup(loop.group())
            .channelType(loop.clientChannel())
            .directExecutor()
            .build();
  }

  @Override
  public int open() {
    LiveKitBridgeGrpc.LiveKitBridgeStub stub = LiveKitBridgeGrpc.newStub(channel);
    for (int i = 0; i < plan.sessions(); i++) {
      StreamObserver<AudioChunk> stream = stub.streamAudio(new Ears());
      stream.onNext(AudioChunk.newBuilder().setUserId(Integer.toString(i)).build());
      streams.add(stream);
    }
    return 0;
  }

  @Override
  public boolean send(int session, byte[] pcm) {
    streams.get(session).onNext(BareServer.chunk(pcm));
    return true;
  }

  @Override
  public Map<String, Long> counts() {
    return Map.of();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    loop.close();
  }

  private final class Ears implements StreamObserver<AudioChunk> {
    @Override
    public void onNext(AudioChunk chunk) {
      arrivals.arrived(chunk.getPcmData());
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }
}
