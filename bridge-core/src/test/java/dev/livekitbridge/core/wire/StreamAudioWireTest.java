package dev.livekitbridge.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.UnknownFieldSet;
import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.ServerServiceDefinition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamAudioWireTest {
  private static final ChunkMarshaller MARSHALLER = new ChunkMarshaller();

  @Test
  void writesTheBytesOfTheGeneratedCodeForAnyFields() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 5_000; i++) {
      AudioChunk chunk = randomChunk(random);
      assertThat(drained(chunk)).as("chunk %d: %s", i, chunk).isEqualTo(chunk.toByteArray());
    }
  }

  @Test
  void forgetsNoFieldOfTheProtocol() throws IOException {
    for (FieldDescriptor field : AudioChunk.getDescriptor().getFields()) {
      AudioChunk.Builder chunk = AudioChunk.newBuilder();
      set(chunk, field, new Random(field.getNumber()), 1);
      assertThat(drained(chunk.build()))
          .as(field.getName())
          .isNotEmpty()
          .isEqualTo(chunk.build().toByteArray());
    }
  }

  @Test
  void keepsFieldsOfALaterVersion() throws IOException {
    AudioChunk chunk =
        AudioChunk.newBuilder()
            .setSequence(5)
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(900, UnknownFieldSet.Field.newBuilder().addVarint(3).build())
                    .build())
            .build();
    assertThat(drained(chunk)).isEqualTo(chunk.toByteArray());
  }

  @Test
  void tellsItsLengthBeforeItIsDrainedAndNothingIsLeftAfter() throws IOException {
    AudioChunk chunk = randomChunk(new Random(1));
    InputStream stream = MARSHALLER.stream(chunk);
    assertThat(stream).isInstanceOf(KnownLength.class);
    assertThat(stream.available()).isEqualTo(chunk.getSerializedSize());
    assertThat(((Drainable) stream).drainTo(new ByteArrayOutputStream()))
        .isEqualTo(chunk.getSerializedSize());
    assertThat(stream.available()).isZero();
    assertThat(stream.read()).isEqualTo(-1);
  }

  @Test
  void canBeReadAsAStream() throws IOException {
    AudioChunk chunk = randomChunk(new Random(2));
    InputStream stream = MARSHALLER.stream(chunk);
    int first = stream.read();
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    rest.write(first);
    rest.write(stream.readNBytes(10));
    ((Drainable) stream).drainTo(rest);
    assertThat(rest.toByteArray()).isEqualTo(chunk.toByteArray());
  }

  @Test
  void readsWhatProtobufWrote() {
    AudioChunk chunk = randomChunk(new Random(3));
    assertThat(MARSHALLER.parse(new ByteArrayInputStream(chunk.toByteArray()))).isEqualTo(chunk);
  }

  @Test
  void insideAProcessTheChunkItselfGoesOver() {
    AudioChunk chunk = randomChunk(new Random(4));
    assertThat(MARSHALLER.parse(MARSHALLER.stream(chunk))).isSameAs(chunk);
  }

  @Test
  void theServiceKeepsItsOtherMethodsAndItsSchema() {
    LiveKitBridgeGrpc.LiveKitBridgeImplBase service =
        new LiveKitBridgeGrpc.LiveKitBridgeImplBase() {};
    ServerServiceDefinition plain = service.bindService();
    ServerServiceDefinition bound = StreamAudioWire.bind(service);

    assertThat(bound.getMethods()).hasSameSizeAs(plain.getMethods());
    assertThat(bound.getMethod(StreamAudioWire.method().getFullMethodName()).getMethodDescriptor())
        .isSameAs(StreamAudioWire.method());
    String join = LiveKitBridgeGrpc.getJoinRoomMethod().getFullMethodName();
    assertThat(bound.getMethod(join).getMethodDescriptor())
        .isSameAs(LiveKitBridgeGrpc.getJoinRoomMethod());
    assertThat(bound.getServiceDescriptor().getSchemaDescriptor())
        .isSameAs(plain.getServiceDescriptor().getSchemaDescriptor());
  }

  private static byte[] drained(AudioChunk chunk) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ((Drainable) MARSHALLER.stream(chunk)).drainTo(bytes);
    return bytes.toByteArray();
  }

  private static AudioChunk randomChunk(Random random) {
    AudioChunk.Builder chunk = AudioChunk.newBuilder();
    for (FieldDescriptor field : AudioChunk.getDescriptor().getFields()) {
      if (random.nextInt(3) > 0) {
        set(chunk, field, random, 1 + random.nextInt(3));
      }
    }
    return chunk.build();
  }

  private static void set(
      AudioChunk.Builder chunk, FieldDescriptor field, Random random, int entries) {
    if (!field.isRepeated()) {
      chunk.setField(field, value(field, random));
      return;
    }
    for (int track = 0; track < entries; track++) {
      chunk.addRepeatedField(field, TrackSequences.of(track, random.nextLong()));
    }
  }

  private static Object value(FieldDescriptor field, Random random) {
    return switch (field.getJavaType()) {
      case INT -> (random.nextInt() >> random.nextInt(31)) | 1;
      case LONG -> random.nextLong() | 1;
      case STRING -> "é".repeat(random.nextInt(4)) + "a".repeat(1 + random.nextInt(300));
      case BYTE_STRING -> {
        byte[] bytes = new byte[2 + random.nextInt(2_000)];
        random.nextBytes(bytes);
        yield ByteString.copyFrom(bytes);
      }
      default -> throw new AssertionError("a new kind of field: " + field.getFullName());
    };
  }

  @Test
  void sequencesByTrackAreAMapOnTheWire() throws IOException {
    // A chunk as a peer whose protocol file has map<int32, uint64> sends it.
    ByteString entry = ByteString.copyFrom(new byte[] {0x08, 2, 0x10, 100});
    byte[] bytes =
        UnknownFieldSet.newBuilder()
            .addField(103, UnknownFieldSet.Field.newBuilder().addLengthDelimited(entry).build())
            .build()
            .toByteArray();

    AudioChunk chunk = AudioChunk.parseFrom(bytes);
    assertThat(TrackSequences.map(chunk.getAcknowledgedList())).isEqualTo(Map.of(2, 100L));
    assertThat(drained(chunk)).isEqualTo(bytes);
    assertThat(TrackSequences.list(Map.of(2, 100L))).isEqualTo(chunk.getAcknowledgedList());
  }

  @Test
  void ofTwoEntriesForATrackTheLaterCounts() {
    assertThat(
            TrackSequences.map(
                List.of(TrackSequences.of(0, 1), TrackSequences.of(3, 5), TrackSequences.of(0, 2))))
        .isEqualTo(Map.of(0, 2L, 3, 5L));
  }
}
