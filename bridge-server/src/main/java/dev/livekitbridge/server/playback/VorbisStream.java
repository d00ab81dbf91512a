package dev.livekitbridge.server.playback;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An Ogg Vorbis file on its way to a decoder that believes whatever its heads say: without their
 * comments and pictures, and not at all with tables beyond reason. A file may hold several streams,
 * one behind the other, each with a head.
 */
final class VorbisStream extends InputStream {
  private static final byte[] VORBIS = "vorbis".getBytes(StandardCharsets.US_ASCII);
  private static final int IDENTIFICATION = 1;
  private static final int COMMENT = 3;
  private static final int SETUP = 5;
  private static final byte[] NO_COMMENT = {
    3, 'v', 'o', 'r', 'b', 'i', 's', 0, 0, 0, 0, 0, 0, 0, 0, 1
  };

  /** Of a setup header, which libvorbis makes of 3 to 8 kB; it then fits into one page. */
  private static final int MOST_SETUP = 60_000;

  /** Of any other packet; libvorbis needs less than 64 kB. */
  private static final int MOST_PACKET = 1 << 20;

  private final InputStream in;
  private final Download download;
  private byte[] out = new byte[0];
  private int at;
  // Which packet of a head comes next, or 0 within the audio.
  private int expected = IDENTIFICATION;
  private byte[] identification = new byte[0];
  private final ByteArrayOutputStream setup = new ByteArrayOutputStream();
  private int serial;
  // Pages of its head that were left out.
  private int left;
  private long packet;

  VorbisStream(InputStream in, Download download) {
    this.in = in;
    this.download = download;
  }

  static boolean is(byte[] head) {
    return head.length > 35
        && head[0] == 'O'
        && head[1] == 'g'
        && isHeader(head, 28, IDENTIFICATION);
  }

  @Override
  public int read() throws IOException {
    return fill() ? out[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int size) throws IOException {
    if (size == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(size, out.length - at);
    System.arraycopy(out, at, into, offset, count);
    at += count;
    return count;
  }

  private boolean fill() throws IOException {
    while (at == out.length) {
      OggPage page = OggPage.read(in);
      if (page == null) {
        return false;
      }
      byte[] passed = pass(page);
      if (passed != null) {
        out = passed;
        at = 0;
      }
    }
    return true;
  }

  /** What becomes of a page; null where nothing does. */
  private byte @Nullable [] pass(OggPage page) throws PlaybackException {
    if (page.is(OggPage.FIRST) && expected != COMMENT && expected != SETUP) {
      begin(page);
      return null;
    }
    if (page.serial() != serial) {
      return null;
    }
    return expected == 0 ? audio(page) : head(page);
  }

  private void begin(OggPage page) throws PlaybackException {
    byte[] bytes = page.bytes();
    int from = page.bodyAt();
    if (page.segments() != 1 || !isHeader(bytes, from, IDENTIFICATION)) {
      throw refused("holds a stream that is not Vorbis");
    }
    identification = Arrays.copyOfRange(bytes, from, bytes.length);
    serial = page.serial();
    setup.reset();
    packet = 0;
    expected = COMMENT;
  }

  private byte @Nullable [] head(OggPage page) throws PlaybackException {
    int from = page.bodyAt();
    for (int i = 0; i < page.segments() && expected != 0; i++) {
      int size = page.segment(i);
      if (expected == SETUP) {
        setup.write(page.bytes(), from, size);
        if (setup.size() > MOST_SETUP) {
          throw refused("has a setup header of more than " + MOST_SETUP + " bytes");
        }
      }
      from += size;
      if (size < 255) {
        expected = expected == COMMENT ? SETUP : 0;
      }
    }
    return expected == 0 ? bare(page.number()) : null;
  }

  private byte[] bare(int number) throws PlaybackException {
    byte[] tables = setup.toByteArray();
    if (!isHeader(tables, 0, SETUP) || !VorbisSetup.harmless(tables)) {
      throw refused("has a setup header that no encoder makes");
    }
    packet = 0;
    left = number - 1;
    byte[] first = OggPage.of(OggPage.FIRST, serial, 0, identification).bytes();
    byte[] second = OggPage.of(0, serial, 1, NO_COMMENT, tables).bytes();
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private byte[] audio(OggPage page) throws PlaybackException {
    for (int i = 0; i < page.segments(); i++) {
      packet += page.segment(i);
      if (packet > MOST_PACKET) {
        throw refused("has a packet of more than " + MOST_PACKET + " bytes");
      }
      if (page.segment(i) < 255) {
        packet = 0;
      }
    }
    // Without a gap: that would be a lost page to the decoder.
    return page.numbered(page.number() - left).bytes();
  }

  private static boolean isHeader(byte[] bytes, int from, int kind) {
    return bytes.length >= from + 1 + VORBIS.length
        && bytes[from] == kind
        && Arrays.equals(bytes, from + 1, from + 1 + VORBIS.length, VORBIS, 0, VORBIS.length);
  }

  /** Kept, as the decoder may take it for the end of the file. */
  private PlaybackException refused(String what) {
    return download.failed(ContentCheck.unsupported(download.from(), "is Ogg that " + what));
  }
}
