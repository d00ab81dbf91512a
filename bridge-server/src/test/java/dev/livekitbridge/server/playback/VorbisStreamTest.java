package dev.livekitbridge.server.playback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Heads of Ogg Vorbis files by which a decoder would fill the memory. */
@NullMarked
class VorbisStreamTest {
  private final FileServer files = new FileServer();
  private final Fetched fetched = new Fetched("127.0.0.1");
  private byte[] identification = new byte[0];
  private byte[] setup = new byte[0];
  private byte[] audio = new byte[0];
  private int serial;

  /** Takes a right file apart: its second page holds the comment and the setup. */
  @BeforeEach
  void takeApart() throws IOException {
    try (InputStream in = VorbisStreamTest.class.getResourceAsStream("/audio/stereo.ogg")) {
      byte[] whole = Objects.requireNonNull(in).readAllBytes();
      ByteArrayInputStream bytes = new ByteArrayInputStream(whole);
      OggPage first = Objects.requireNonNull(OggPage.read(bytes));
      OggPage second = Objects.requireNonNull(OggPage.read(bytes));
      serial = first.serial();
      identification = Arrays.copyOfRange(first.bytes(), first.bodyAt(), first.bytes().length);
      setup =
          Arrays.copyOfRange(
              second.bytes(), second.bodyAt() + second.segment(0), second.bytes().length);
      audio = bytes.readAllBytes();
    }
  }

  @AfterEach
  void close() {
    fetched.close();
    files.close();
  }

  private byte[] file(byte[] comment, byte[] tables) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(OggPage.of(OggPage.FIRST, serial, 0, identification).bytes());
    file.writeBytes(OggPage.of(0, serial, 1, comment, tables).bytes());
    file.writeBytes(audio);
    return file.toByteArray();
  }

  private static byte[] comment(int vendorBytes, int... commentBytes) {
    ByteBuffer comment =
        ByteBuffer.allocate(16 + 4 * commentBytes.length).order(ByteOrder.LITTLE_ENDIAN);
    comment.put(new byte[] {3, 'v', 'o', 'r', 'b', 'i', 's'}).putInt(vendorBytes);
    comment.putInt(commentBytes.length);
    for (int each : commentBytes) {
      comment.putInt(each);
    }
    return comment.put((byte) 1).array();
  }

  private Fetched.Result played(byte[] file) {
    return fetched.all(files.file("/a", file).url("/a"));
  }

  @Test
  void whatACommentClaimsIsNotAllocated() {
    // Twice as much as there is memory, in a file of 9 kB.
    int much = (int) Math.min(0x7fff_fff0, Runtime.getRuntime().maxMemory());
    for (byte[] comment : new byte[][] {comment(much), comment(0, much, much), comment(0)}) {
      Fetched.Result result = played(file(comment, setup));
      assertThat(result.fault()).isNull();
      assertThat(result.millis()).isBetween(1_990, 2_100);
    }
  }

  @Test
  void aPictureInItsCommentIsLeftOut() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(OggPage.of(OggPage.FIRST, serial, 0, identification).bytes());
    ByteBuffer picture = ByteBuffer.allocate(60_000).order(ByteOrder.LITTLE_ENDIAN);
    picture.put(new byte[] {3, 'v', 'o', 'r', 'b', 'i', 's'}).putInt(0).putInt(1).putInt(59_980);
    file.writeBytes(OggPage.of(0, serial, 1, picture.array()).bytes());
    file.writeBytes(OggPage.of(0, serial, 2, setup).bytes());
    ByteArrayInputStream rest = new ByteArrayInputStream(audio);
    try {
      int number = 3;
      for (OggPage page = OggPage.read(rest); page != null; page = OggPage.read(rest)) {
        file.writeBytes(page.numbered(number++).bytes());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    Fetched.Result result = played(file.toByteArray());
    assertThat(result.fault()).isNull();
    assertThat(result.millis()).isBetween(1_990, 2_100);
  }

  @Test
  void tablesBeyondReasonAreRefused() {
    assertThat(VorbisSetup.harmless(setup)).isTrue();
    byte[] entries = setup.clone();
    // Of the first codebook, behind the count, its mark and its dimensions.
    Arrays.fill(entries, 13, 16, (byte) 0xff);
    byte[] dimensions = setup.clone();
    Arrays.fill(dimensions, 11, 13, (byte) 0xff);
    for (byte[] bad :
        new byte[][] {entries, dimensions, Arrays.copyOf(setup, 2_000), Arrays.copyOf(setup, 20)}) {
      assertThat(VorbisSetup.harmless(bad)).isFalse();
      assertThat(played(file(comment(0), bad)).failure(PlaybackFault.Kind.UNSUPPORTED).message())
          .contains("setup header");
    }
  }

  /** The second of two files in one. */
  @Test
  void theHeadsOfAllStreamsAreLookedAt() throws IOException {
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.writeBytes(file(comment(0), setup));
    two.writeBytes(file(comment(0), Arrays.copyOf(setup, 100)));
    Download download =
        new Download(
            new ByteArrayInputStream(two.toByteArray()), -1, MediaUrl.of("http://a/b"), 1 << 20);
    try (VorbisStream stream = new VorbisStream(download, download)) {
      assertThatThrownBy(stream::readAllBytes).hasMessageContaining("setup header");
    }
    // However little a decoder makes of it.
    assertThatThrownBy(download::check).hasMessageContaining("setup header");
  }
}
