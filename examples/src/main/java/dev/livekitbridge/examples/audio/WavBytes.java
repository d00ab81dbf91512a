package dev.livekitbridge.examples.audio;

import dev.livekitbridge.core.AudioFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A WAV file in memory. */
public final class WavBytes {
  private static final int HEADER_BYTES = 44;

  private WavBytes() {}

  /** 16-bit PCM, little-endian, with a header before it. */
  public static byte[] of(byte[] pcm, AudioFormat format) {
    int bytesPerSample = format.bytesPerSample();
    return ByteBuffer.allocate(HEADER_BYTES + pcm.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt(HEADER_BYTES - 8 + pcm.length)
        .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) format.channels())
        .putInt(format.sampleRate())
        .putInt(format.sampleRate() * bytesPerSample)
        .putShort((short) bytesPerSample)
        .putShort((short) 16)
        .put("data".getBytes(StandardCharsets.US_ASCII))
        .putInt(pcm.length)
        .put(pcm)
        .array();
  }
}
