package dev.livekitbridge.core.wire;

import com.google.protobuf.CodedOutputStream;
import dev.livekitbridge.proto.AudioChunk;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A chunk on its way into a transport, which drains it into its own buffer, or reads it. Protobuf
 * itself would copy the samples into a buffer as large as the whole message first.
 */
final class ChunkStream extends InputStream implements Drainable, KnownLength {
  // Holds what stands around the samples; they go past it.
  private static final int BUFFER_BYTES = 64;

  private final AudioChunk chunk;
  private int length;
  private @Nullable InputStream bytes;

  ChunkStream(AudioChunk chunk) {
    this.chunk = chunk;
    this.length = chunk.getSerializedSize();
  }

  /** For a transport inside the process, which hands this over as it is. */
  AudioChunk chunk() {
    return chunk;
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    if (bytes != null) {
      return (int) bytes.transferTo(target);
    }
    int drained = length;
    if (drained > 0) {
      length = 0;
      CodedOutputStream out = CodedOutputStream.newInstance(target, BUFFER_BYTES);
      chunk.writeTo(out);
      out.flush();
    }
    return drained;
  }

  @Override
  public int available() throws IOException {
    return bytes == null ? length : bytes.available();
  }

  @Override
  public int read() throws IOException {
    return bytes().read();
  }

  @Override
  public int read(byte[] target, int offset, int count) throws IOException {
    return bytes().read(target, offset, count);
  }

  private InputStream bytes() {
    if (bytes == null) {
      bytes = new ByteArrayInputStream(length == 0 ? new byte[0] : chunk.toByteArray());
    }
    return bytes;
  }
}
