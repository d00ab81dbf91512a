package dev.livekitbridge.examples.bench.load;

import com.google.protobuf.UnsafeByteOperations;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** grpc-java as it comes, with the settings that measured best: the bar for the bridge. */
final class BareServer extends LiveKitBridgeGrpc.LiveKitBridgeImplBase implements LoadEnd {
  private final Arrivals arrivals;
  private final AtomicReferenceArray<StreamObserver<AudioChunk>> streams;
  private final BareLoop loop = BareLoop.create();
  private final Server server;

  BareServer(LoadPlan plan, Arrivals arrivals) {
    this.arrivals = arrivals;
    this.streams = new AtomicReferenceArray<>(plan.sessions());
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .bossEventLoopGroup(loop.group())
            .workerEventLoopGroup(loop.group())
            .channelType(loop.serverChannel())
            .directExecutor()
            .addService(this)
            .build();
  }

  @Override
  public int open() throws Exception {
    return server.start().getPort();
  }

  @Override
  public StreamObserver<AudioChunk> streamAudio(StreamObserver<AudioChunk> answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(AudioChunk chunk) {
        if (chunk.getPcmData().isEmpty()) {
          streams.set(Integer.parseInt(chunk.getUserId()), answers);
        } else {
          arrivals.arrived(chunk.getPcmData());
        }
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }

  @Override
  public boolean send(int session, byte[] pcm) {
    StreamObserver<AudioChunk> stream = streams.get(session);
    if (stream == null) {
      return false;
    }
    stream.onNext(chunk(pcm));
    return true;
  }

  @Override
  public Map<String, Long> counts() {
    return Map.of();
  }

  @Override
  public void close() {
    server.shutdownNow();
    loop.close();
  }

  /** What a client of the bridge needs at the least: samples, format, time and track. */
  static AudioChunk chunk(byte[] pcm) {
    return AudioChunk.newBuilder()
        .setPcmData(UnsafeByteOperations.unsafeWrap(pcm))
        .setSampleRate(16_000)
        .setChannels(1)
        .setTimestampMs(System.currentTimeMillis())
        .build();
  }
}
