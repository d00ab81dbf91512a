package dev.livekitbridge.core.wire;

import dev.livekitbridge.proto.AudioChunk;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.io.InputStream;

/** Writes chunks our way, and reads them as protobuf does. */
final class ChunkMarshaller implements MethodDescriptor.PrototypeMarshaller<AudioChunk> {
  private final MethodDescriptor.Marshaller<AudioChunk> reader =
      ProtoUtils.marshaller(AudioChunk.getDefaultInstance());

  @Override
  public InputStream stream(AudioChunk chunk) {
    return new ChunkStream(chunk);
  }

  @Override
  public AudioChunk parse(InputStream stream) {
    return stream instanceof ChunkStream ours ? ours.chunk() : reader.parse(stream);
  }

  @Override
  public Class<AudioChunk> getMessageClass() {
    return AudioChunk.class;
  }

  @Override
  public AudioChunk getMessagePrototype() {
    return AudioChunk.getDefaultInstance();
  }
}
