package dev.livekitbridge.core.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.livekitbridge.proto.AudioChunk;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * Writes an {@link AudioChunk} as its generated code would. That code wants a buffer as large as
 * the message and walks both maps three times, present or not: 900 bytes allocated for a frame of
 * 640, fifty times a second for each session.
 */
final class ChunkWriter {
  // Holds what stands around the samples; they go past it.
  private static final int BUFFER_BYTES = 64;

  private ChunkWriter() {}

  static int size(AudioChunk chunk) {
    int size = chunk.getUnknownFields().getSerializedSize();
    if (!chunk.getPcmData().isEmpty()) {
      size += CodedOutputStream.computeBytesSize(1, chunk.getPcmData());
    }
    size += size(2, chunk.getSampleRate());
    size += size(3, chunk.getChannels());
    if (chunk.getTimestampMs() != 0) {
      size += CodedOutputStream.computeInt64Size(4, chunk.getTimestampMs());
    }
    size += size(5, chunk.getUserId());
    size += size(6, chunk.getTrackId());
    size += size(101, chunk.getSessionId());
    size += size(102, chunk.getSequence());
    if (chunk.getAcknowledgedCount() > 0) {
      size += size(103, chunk.getAcknowledgedMap());
    }
    if (chunk.getOldestKeptCount() > 0) {
      size += size(104, chunk.getOldestKeptMap());
    }
    if (chunk.getAttempt() != 0) {
      size += CodedOutputStream.computeInt64Size(105, chunk.getAttempt());
    }
    size += size(107, chunk.getPing());
    size += size(108, chunk.getPong());
    size += size(109, chunk.getDrainMs());
    size += size(110, chunk.getSource());
    return size;
  }

  static void write(AudioChunk chunk, OutputStream target) throws IOException {
    CodedOutputStream out = CodedOutputStream.newInstance(target, BUFFER_BYTES);
    if (!chunk.getPcmData().isEmpty()) {
      out.writeBytes(1, chunk.getPcmData());
    }
    write(out, 2, chunk.getSampleRate());
    write(out, 3, chunk.getChannels());
    if (chunk.getTimestampMs() != 0) {
      out.writeInt64(4, chunk.getTimestampMs());
    }
    write(out, 5, chunk.getUserId());
    write(out, 6, chunk.getTrackId());
    write(out, 101, chunk.getSessionId());
    write(out, 102, chunk.getSequence());
    if (chunk.getAcknowledgedCount() > 0) {
      write(out, 103, chunk.getAcknowledgedMap());
    }
    if (chunk.getOldestKeptCount() > 0) {
      write(out, 104, chunk.getOldestKeptMap());
    }
    if (chunk.getAttempt() != 0) {
      out.writeInt64(105, chunk.getAttempt());
    }
    write(out, 107, chunk.getPing());
    write(out, 108, chunk.getPong());
    write(out, 109, chunk.getDrainMs());
    write(out, 110, chunk.getSource());
    chunk.getUnknownFields().writeTo(out);
    out.flush();
  }

  private static int size(int field, int value) {
    return value == 0 ? 0 : CodedOutputStream.computeInt32Size(field, value);
  }

  private static int size(int field, long unsigned) {
    return unsigned == 0 ? 0 : CodedOutputStream.computeUInt64Size(field, unsigned);
  }

  private static int size(int field, String value) {
    return value.isEmpty() ? 0 : CodedOutputStream.computeStringSize(field, value);
  }

  private static int size(int field, Map<Integer, Long> map) {
    int size = 0;
    for (Map.Entry<Integer, Long> entry : map.entrySet()) {
      int length = entrySize(entry);
      size +=
          CodedOutputStream.computeTagSize(field)
              + CodedOutputStream.computeUInt32SizeNoTag(length)
              + length;
    }
    return size;
  }

  private static int entrySize(Map.Entry<Integer, Long> entry) {
    return CodedOutputStream.computeInt32Size(1, entry.getKey())
        + CodedOutputStream.computeUInt64Size(2, entry.getValue());
  }

  private static void write(CodedOutputStream out, int field, int value) throws IOException {
    if (value != 0) {
      out.writeInt32(field, value);
    }
  }

  private static void write(CodedOutputStream out, int field, long unsigned) throws IOException {
    if (unsigned != 0) {
      out.writeUInt64(field, unsigned);
    }
  }

  private static void write(CodedOutputStream out, int field, String value) throws IOException {
    if (!value.isEmpty()) {
      out.writeString(field, value);
    }
  }

  private static void write(CodedOutputStream out, int field, Map<Integer, Long> map)
      throws IOException {
    for (Map.Entry<Integer, Long> entry : map.entrySet()) {
      out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(entrySize(entry));
      out.writeInt32(1, entry.getKey());
      out.writeUInt64(2, entry.getValue());
    }
  }
}
