package dev.livekitbridge.examples.audio;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a WAV file while it grows. Its length is put into the header with every flush, so that the
 * file can be played even if the process is killed. (Java Sound must know the length beforehand.)
 */
public final class WavWriter implements Closeable {
  private static final int HEADER_BYTES = 44;
  private static final long MAX_DATA_BYTES = 0xFFFF_FFFFL - HEADER_BYTES;

  private final FileChannel file;
  private final AudioFormat format;
  private long dataBytes;

  /**
   * Creates or overwrites a file.
   *
   * @param path where
   * @param format of every frame
   * @throws IOException if it cannot be written
   */
  public WavWriter(Path path, AudioFormat format) throws IOException {
    this.format = format;
    this.file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    flush();
    file.position(HEADER_BYTES);
  }

  /**
   * Appends a frame.
   *
   * @param frame in the file's format
   * @throws IOException if it cannot be written, or the file would pass 4 GiB
   */
  public synchronized void write(AudioFrame frame) throws IOException {
    if (!frame.format().equals(format)) {
      throw new IOException("frame is " + frame.format() + " (expected: " + format + ")");
    }
    if (dataBytes + frame.size() > MAX_DATA_BYTES) {
      throw new IOException("a WAV file holds at most 4 GiB");
    }
    ByteBuffer pcm = frame.pcm();
    while (pcm.hasRemaining()) {
      dataBytes += file.write(pcm);
    }
  }

  /**
   * Brings the header up to date.
   *
   * @throws IOException if it cannot be written
   */
  public synchronized void flush() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int bytesPerSample = format.bytesPerSample();
    header
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt((int) (HEADER_BYTES - 8 + dataBytes))
        .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) format.channels())
        .putInt(format.sampleRate())
        .putInt(format.sampleRate() * bytesPerSample)
        .putShort((short) bytesPerSample)
        .putShort((short) 16)
        .put("data".getBytes(StandardCharsets.US_ASCII))
        .putInt((int) dataBytes)
        .flip();
    file.write(header, 0);
  }

  /**
   * How much it holds.
   *
   * @return nanoseconds of audio
   */
  public synchronized long durationNanos() {
    return format.nanosOf(dataBytes);
  }

  @Override
  public synchronized void close() throws IOException {
    if (file.isOpen()) {
      flush();
      file.close();
    }
  }
}
