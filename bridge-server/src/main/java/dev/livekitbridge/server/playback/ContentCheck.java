package dev.livekitbridge.server.playback;

import dev.livekitbridge.server.playback.PlaybackFault.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Looks at the first bytes of a file: says what it is where that is no audio, and skips its tags.
 */
final class ContentCheck {
  /** Bytes that are looked at. */
  static final int HEAD = 256;

  /** Tags that a file may begin with: some tools add theirs before those of others. */
  private static final int MOST_TAGS = 16;

  private ContentCheck() {}

  /**
   * Checks.
   *
   * @param in supports marks; stands at the audio itself afterwards
   * @return how many bytes of tags were skipped
   */
  static long check(InputStream in, MediaUrl from) throws IOException {
    byte[] head = head(in);
    long skipped = 0;
    int tags = 0;
    // ID3v2 tags before the audio: some hold a picture of megabytes, too far for a decoder's mark.
    while (isId3(head)) {
      long size = ((long) head[6] << 21) | (head[7] << 14) | (head[8] << 7) | head[9];
      boolean footer = (head[5] & 0x10) != 0;
      if (++tags > MOST_TAGS) {
        throw unsupported(from, "has more than " + MOST_TAGS + " ID3 tags: it is no audio file");
      }
      long whole = 10 + size + (footer ? 10 : 0);
      in.skipNBytes(whole);
      skipped += whole;
      head = head(in);
    }
    String text = new String(head, StandardCharsets.ISO_8859_1);
    String lower = text.stripLeading().toLowerCase(Locale.ROOT);
    if (head.length == 0) {
      throw unsupported(from, "is empty");
    } else if (lower.startsWith("<!doctype")
        || lower.startsWith("<html")
        || lower.startsWith("<!--")) {
      throw unsupported(from, "is a web page (HTML): ask for the file itself");
    } else if (lower.startsWith("<?xml") || lower.startsWith("<svg")) {
      throw unsupported(from, "is XML, no audio");
    } else if (lower.startsWith("#extm3u") || lower.startsWith("[playlist]")) {
      throw unsupported(from, "is a playlist: ask for one of the files in it");
    } else if (text.startsWith("\u001f\u008b") || text.startsWith("PK\3\4")) {
      throw unsupported(from, "is compressed (gzip or zip): ask for the file inside");
    } else if (text.startsWith("MThd")) {
      throw unsupported(from, "is MIDI: notes, no sound");
    } else if (isZero(head)) {
      throw unsupported(from, "begins with zeros: it is no audio file");
    }
    return skipped;
  }

  static PlaybackException unsupported(MediaUrl from, String what) {
    return new PlaybackException(Kind.UNSUPPORTED, from + " " + what);
  }

  /** The first bytes; the stream stands before them afterwards. */
  static byte[] head(InputStream in) throws IOException {
    in.mark(HEAD);
    byte[] head = in.readNBytes(HEAD);
    in.reset();
    return head;
  }

  private static boolean isId3(byte[] head) {
    return head.length >= 10
        && head[0] == 'I'
        && head[1] == 'D'
        && head[2] == '3'
        && (head[6] | head[7] | head[8] | head[9]) >= 0;
  }

  private static boolean isZero(byte[] head) {
    for (byte b : head) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
