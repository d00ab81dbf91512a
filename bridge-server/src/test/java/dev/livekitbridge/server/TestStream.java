package dev.livekitbridge.server;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A client's end of StreamAudio that writes down all it hears. */
@NullMarked
final class TestStream implements ClientResponseObserver<AudioChunk, AudioChunk> {
  final List<AudioChunk> chunks = new CopyOnWriteArrayList<>();
  private final boolean reads;
  private volatile @Nullable Status status;
  private volatile @Nullable Metadata trailers;
  private @Nullable ClientCallStreamObserver<AudioChunk> call;

  private TestStream(boolean reads) {
    this.reads = reads;
  }

  /** Opens a stream, without a first chunk. */
  static TestStream open(Channel channel) {
    TestStream stream = new TestStream(true);
    LiveKitBridgeGrpc.newStub(channel).streamAudio(stream);
    return stream;
  }

  /** Opens a stream that reads nothing at all. */
  static TestStream deaf(Channel channel) {
    TestStream stream = new TestStream(false);
    LiveKitBridgeGrpc.newStub(channel).streamAudio(stream);
    return stream;
  }

  /** Opens a stream as the existing client does. */
  static TestStream plain(Channel channel, String userId) {
    return open(channel).send(AudioChunk.newBuilder().setUserId(userId));
  }

  /** Opens a stream as our client does. */
  static TestStream attach(Channel channel, String userId, String sessionId) {
    return open(channel).send(AudioChunk.newBuilder().setUserId(userId).setSessionId(sessionId));
  }

  TestStream send(AudioChunk.Builder chunk) {
    if (chunk.getSampleRate() == 0) {
      chunk.setSampleRate(16_000);
    }
    if (chunk.getChannels() == 0) {
      chunk.setChannels(1);
    }
    return sendAsIs(chunk);
  }

  TestStream sendAsIs(AudioChunk.Builder chunk) {
    call().onNext(chunk.build());
    return this;
  }

  TestStream say(byte[] pcm) {
    return send(AudioChunk.newBuilder().setPcmData(ByteString.copyFrom(pcm)));
  }

  TestStream say(long sequence, byte[] pcm) {
    return send(AudioChunk.newBuilder().setPcmData(ByteString.copyFrom(pcm)).setSequence(sequence));
  }

  boolean ready() {
    return call().isReady();
  }

  void halfClose() {
    call().onCompleted();
  }

  void cancel() {
    call().cancel("test", null);
  }

  void request(int count) {
    call().request(count);
  }

  /** Waits for the end of the stream. */
  Status awaitEnd() {
    await().atMost(Duration.ofSeconds(10)).until(() -> status != null);
    return endStatus();
  }

  boolean ended() {
    return status != null;
  }

  Status endStatus() {
    Status ended = status;
    if (ended == null) {
      throw new AssertionError("the stream has not ended");
    }
    return ended;
  }

  Optional<CloseReason> reason() {
    String name = trailer("bridge-reason");
    return name == null ? Optional.empty() : CloseReason.parse(name);
  }

  @Nullable String trailer(String name) {
    Metadata all = trailers;
    return all == null ? null : all.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
  }

  List<AudioChunk> audio() {
    return chunks.stream().filter(chunk -> !chunk.getPcmData().isEmpty()).toList();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<AudioChunk> requests) {
    call = requests;
    if (!reads) {
      requests.disableAutoRequestWithInitial(0);
    }
  }

  @Override
  public void onNext(AudioChunk chunk) {
    chunks.add(chunk);
  }

  @Override
  public void onError(Throwable error) {
    trailers = Status.trailersFromThrowable(error);
    status = Status.fromThrowable(error);
  }

  @Override
  public void onCompleted() {
    status = Status.OK;
  }

  private ClientCallStreamObserver<AudioChunk> call() {
    ClientCallStreamObserver<AudioChunk> started = call;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }
}
