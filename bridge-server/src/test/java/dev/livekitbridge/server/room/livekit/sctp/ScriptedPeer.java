package dev.livekitbridge.server.room.livekit.sctp;

import dev.livekitbridge.server.room.livekit.sctp.Packets.Chunk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A peer whose every chunk the test decides, against one association. */
final class ScriptedPeer {
  static final long MS = 1_000_000L;
  static final int TAG = 0x0badcafe;
  static final int TSN = 0xfffffff0;

  final Recorder recorder = new Recorder();
  final SctpAssociation sctp;
  long now = -5_000 * MS;

  /** The tag that the association wants to see. */
  int tag;

  /** The association's first TSN. */
  int theirTsn;

  ScriptedPeer(SctpOptions.Builder options) {
    sctp = new SctpAssociation(options.build(), recorder, new Random(4));
  }

  ScriptedPeer() {
    this(SctpOptions.builder(true));
  }

  static byte[] init(int type, int window, byte[]... parameters) {
    byte[] fixed = Packets.ints(TAG, window, 0xffff_ffff, TSN);
    return Packets.chunk(type, 0, Packets.join(fixed, Packets.join(parameters)));
  }

  static byte[] extensions() {
    // FORWARD TSN supported, RE-CONFIG and FORWARD TSN, zero checksum.
    return Packets.ints(0xc0000004, 0x80080006, 0x82c00000, 0x80010008, 1);
  }

  /** Sets the association up, we being the side that is called. */
  ScriptedPeer connect() {
    return connect(1_000_000);
  }

  ScriptedPeer connect(int window) {
    sctp.start(now);
    Chunk init = one(poll());
    tag = init.int32(0);
    theirTsn = init.int32(12);
    byte[] cookie = Packets.ints(0x00070008, 0x12345678);
    give(init(Wire.INIT_ACK, window, cookie, extensions()));
    one(poll());
    give(Packets.chunk(Wire.COOKIE_ACK, 0));
    if (!sctp.isEstablished()) {
      throw new AssertionError("not established");
    }
    return this;
  }

  void give(byte[]... chunks) {
    giveTagged(tag, chunks);
  }

  void giveTagged(int with, byte[]... chunks) {
    sctp.receive(ByteBuffer.wrap(Packets.packet(with, chunks)), now);
  }

  void sack(int cumulative, int window, int... blocks) {
    byte[] head = Packets.ints(cumulative, window, (blocks.length / 2) << 16);
    int[] words = new int[blocks.length / 2];
    for (int i = 0; i < words.length; i++) {
      words[i] = blocks[2 * i] << 16 | blocks[2 * i + 1];
    }
    give(Packets.chunk(Wire.SACK, 0, Packets.join(head, Packets.ints(words))));
  }

  /** Lets the time pass to the next deadline. */
  void nextDeadline() {
    long deadline = sctp.deadlineNanos();
    if (deadline == Long.MAX_VALUE) {
      throw new AssertionError("no deadline");
    }
    now = Math.max(now, deadline);
    sctp.onTimeout(now);
  }

  void pass(long millis) {
    now += millis * MS;
    sctp.onTimeout(now);
  }

  List<byte[]> packets() {
    List<byte[]> packets = new ArrayList<>();
    for (ByteBuffer packet; (packet = sctp.poll(now)) != null; ) {
      byte[] copy = new byte[packet.remaining()];
      packet.get(packet.position(), copy);
      packets.add(copy);
    }
    return packets;
  }

  /** All chunks that the association sends now. */
  List<Chunk> poll() {
    List<Chunk> chunks = new ArrayList<>();
    for (byte[] packet : packets()) {
      chunks.addAll(Packets.chunks(packet));
    }
    return chunks;
  }

  List<Chunk> poll(int type) {
    return poll().stream().filter(c -> c.type == type).toList();
  }

  static Chunk one(List<Chunk> chunks) {
    if (chunks.size() != 1) {
      throw new AssertionError("chunks: " + chunks.stream().map(c -> c.type).toList());
    }
    return chunks.get(0);
  }

  /** A reliable channel whose OPEN is sent and acknowledged: the next TSN is theirTsn + 1. */
  int open(DataChannelConfig config) {
    int channel = sctp.open(config, now);
    one(poll(Wire.DATA));
    give(Packets.data(3, TSN, channel, 0, Wire.PPID_DCEP, "\u0002"));
    sack(theirTsn, 1_000_000);
    pass(100);
    poll();
    return channel;
  }

  void send(int channel, int length) {
    sctp.send(channel, ByteBuffer.allocate(length), true, now);
  }
}
