package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds the rare chunks: everything but DATA, SACK, FORWARD TSN and RE-CONFIG. */
final class Chunks {
  private static final byte[] NOTHING = {};

  private Chunks() {}

  static byte[] empty(int type, int flags) {
    return of(type, flags, NOTHING);
  }

  static byte[] of(int type, int flags, byte[] value) {
    return ByteBuffer.allocate(Wire.CHUNK_HEADER + value.length)
        .put((byte) type)
        .put((byte) flags)
        .putShort((short) (Wire.CHUNK_HEADER + value.length))
        .put(value)
        .array();
  }

  static byte[] shutdown(int cumulativeTsn) {
    return of(Wire.SHUTDOWN, 0, ByteBuffer.allocate(4).putInt(cumulativeTsn).array());
  }

  /** An ERROR or ABORT chunk with one cause (RFC 9260 section 3.3.10). */
  static byte[] cause(int type, int flags, int cause, byte[] information) {
    return of(type, flags, parameter(cause, information));
  }

  static byte[] userAbort(String why) {
    return cause(Wire.ABORT, 0, Wire.E_USER_ABORT, why.getBytes(StandardCharsets.UTF_8));
  }

  /** A parameter or an error cause: both are type, length, value. */
  static byte[] parameter(int type, byte[] value) {
    return ByteBuffer.allocate(4 + value.length)
        .putShort((short) type)
        .putShort((short) (4 + value.length))
        .put(value)
        .array();
  }
}
