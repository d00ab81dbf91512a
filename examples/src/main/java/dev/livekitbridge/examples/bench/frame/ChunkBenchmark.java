package dev.livekitbridge.examples.bench.frame;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.livekitbridge.core.wire.StreamAudioWire;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import io.grpc.Drainable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the optional fields of the wire cost in protobuf: a chunk built, and a chunk parsed. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChunkBenchmark {
  private final ByteString pcm = UnsafeByteOperations.unsafeWrap(new byte[640]);
  private final byte[] plain = plain().toByteArray();
  private final byte[] numbered = numbered().toByteArray();
  private final byte[] acknowledging = acknowledging().toByteArray();
  private final OutputStream sink = OutputStream.nullOutputStream();

  /** First table of the wire only, by protobuf's own code. */
  @Benchmark
  public int writePlainGenerated() throws IOException {
    AudioChunk chunk = plain();
    int size = chunk.getSerializedSize();
    chunk.writeTo(sink);
    return size;
  }

  /** First table of the wire only. */
  @Benchmark
  public int writePlain() throws IOException {
    return write(plain());
  }

  /** With sequence and source. */
  @Benchmark
  public int writeNumbered() throws IOException {
    return write(numbered());
  }

  /** With an acknowledgement too. */
  @Benchmark
  public int writeAcknowledging() throws IOException {
    return write(acknowledging());
  }

  /** First table of the wire only. */
  @Benchmark
  public AudioChunk readPlain() throws InvalidProtocolBufferException {
    return AudioChunk.parseFrom(plain);
  }

  /** With sequence and source. */
  @Benchmark
  public AudioChunk readNumbered() throws InvalidProtocolBufferException {
    return AudioChunk.parseFrom(numbered);
  }

  /** With an acknowledgement too. */
  @Benchmark
  public long readAcknowledging() throws InvalidProtocolBufferException {
    return AudioChunk.parseFrom(acknowledging).getAcknowledged(0).getSequence();
  }

  private int write(AudioChunk chunk) throws IOException {
    return ((Drainable) StreamAudioWire.method().streamRequest(chunk)).drainTo(sink);
  }

  private AudioChunk plain() {
    return audio().build();
  }

  private AudioChunk numbered() {
    return audio().setSequence(123_456).setSource("alice").build();
  }

  private AudioChunk acknowledging() {
    return audio().setSequence(123_456).addAcknowledged(TrackSequences.of(0, 123_450)).build();
  }

  private AudioChunk.Builder audio() {
    return AudioChunk.newBuilder()
        .setPcmData(pcm)
        .setSampleRate(16_000)
        .setChannels(1)
        .setTimestampMs(1_790_000_000_000L);
  }
}
