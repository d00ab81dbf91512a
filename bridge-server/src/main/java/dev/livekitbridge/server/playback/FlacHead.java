package dev.livekitbridge.server.playback;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The head of a FLAC file (RFC 9639), without what no decoder needs to play it: pictures, comments
 * and tables, which a decoder would keep in memory, however large a file says they are.
 */
final class FlacHead {
  private static final byte[] MAGIC = "fLaC".getBytes(StandardCharsets.US_ASCII);
  private static final int BLOCK_HEAD = 4;
  private static final int LAST = 0x80;
  private static final int STREAMINFO = 34;
  private static final int PADDING = 1;
  private static final int MOST_BLOCKS = 1_000;

  private FlacHead() {}

  static boolean is(byte[] head) {
    return head.length >= MAGIC.length
        && head[0] == MAGIC[0]
        && head[1] == MAGIC[1]
        && head[2] == MAGIC[2]
        && head[3] == MAGIC[3];
  }

  /** The file with its STREAMINFO as its only block; reads to where the audio begins. */
  static InputStream bare(InputStream in, MediaUrl from) throws IOException {
    byte[] kept = in.readNBytes(MAGIC.length + BLOCK_HEAD + STREAMINFO);
    int at = MAGIC.length;
    if (kept.length < at + BLOCK_HEAD + STREAMINFO
        || (kept[at] & ~LAST) != 0
        || length(kept, at) != STREAMINFO) {
      throw ContentCheck.unsupported(from, "is FLAC without its STREAMINFO: it is no whole file");
    }
    boolean last = kept[at] < 0;
    kept[at] = 0;
    for (int blocks = 1; !last; blocks++) {
      byte[] head = in.readNBytes(BLOCK_HEAD);
      if (head.length < BLOCK_HEAD || blocks > MOST_BLOCKS) {
        throw ContentCheck.unsupported(from, "is FLAC whose head does not end");
      }
      last = head[0] < 0;
      in.skipNBytes(length(head, 0));
    }
    byte[] bare = Arrays.copyOf(kept, kept.length + BLOCK_HEAD);
    // An empty block of padding: jflac looks for one more after the STREAMINFO, whatever that says.
    bare[kept.length] = (byte) (LAST | PADDING);
    return new SequenceInputStream(new ByteArrayInputStream(bare), in);
  }

  private static int length(byte[] block, int at) {
    return (block[at + 1] & 0xff) << 16 | (block[at + 2] & 0xff) << 8 | (block[at + 3] & 0xff);
  }
}
