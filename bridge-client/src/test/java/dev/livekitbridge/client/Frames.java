package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Frames that say which they are. */
final class Frames {
  private static final int BYTES = 640;

  private Frames() {}

  /** 20 ms whose first sample is the number. */
  static byte[] pcm(int number) {
    return ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(0, number).array();
  }

  static AudioFrame frame(int number) {
    return frame(TrackId.SPEAKER, number);
  }

  static AudioFrame frame(TrackId track, int number) {
    return AudioFrame.wrap(pcm(number), AudioFormat.VOICE, track, number);
  }

  static int number(AudioFrame frame) {
    return frame.pcm().getInt(0);
  }

  static int number(dev.livekitbridge.proto.AudioChunk chunk) {
    return chunk.getPcmData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getInt(0);
  }

  static List<Integer> numbers(List<dev.livekitbridge.proto.AudioChunk> chunks) {
    return chunks.stream().map(Frames::number).toList();
  }
}
