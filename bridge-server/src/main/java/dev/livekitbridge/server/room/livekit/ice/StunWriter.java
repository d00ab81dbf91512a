package dev.livekitbridge.server.room.livekit.ice;

import dev.livekitbridge.server.room.livekit.ice.StunMessage.Kind;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes a STUN Binding message (RFC 8489 §5), attribute by attribute. */
final class StunWriter {
  private final ByteBuffer out = ByteBuffer.allocate(1024);

  StunWriter(Kind kind, TransactionId id) {
    out.putShort((short) (Stun.BINDING | kind.bits()))
        .putShort((short) 0)
        .putInt(Stun.MAGIC_COOKIE);
    out.putInt(id.high()).putLong(id.low());
  }

  StunWriter username(String username) {
    return attribute(Stun.USERNAME, username.getBytes(StandardCharsets.UTF_8));
  }

  StunWriter priority(long priority) {
    out.putShort((short) Stun.PRIORITY).putShort((short) 4).putInt((int) priority);
    return this;
  }

  StunWriter role(boolean controlling, long tieBreaker) {
    int type = controlling ? Stun.ICE_CONTROLLING : Stun.ICE_CONTROLLED;
    out.putShort((short) type).putShort((short) 8).putLong(tieBreaker);
    return this;
  }

  StunWriter useCandidate() {
    return attribute(Stun.USE_CANDIDATE, new byte[0]);
  }

  StunWriter mapped(InetSocketAddress address) {
    byte[] ip = address.getAddress().getAddress();
    byte[] value = new byte[4 + ip.length];
    int port = address.getPort() ^ (Stun.MAGIC_COOKIE >>> 16);
    value[1] = (byte) (ip.length == 4 ? 1 : 2);
    value[2] = (byte) (port >> 8);
    value[3] = (byte) port;
    for (int i = 0; i < ip.length; i++) {
      value[4 + i] = (byte) (ip[i] ^ out.get(4 + i));
    }
    return attribute(Stun.XOR_MAPPED_ADDRESS, value);
  }

  StunWriter error(int code, int... unknown) {
    attribute(Stun.ERROR_CODE, new byte[] {0, 0, (byte) (code / 100), (byte) (code % 100)});
    if (unknown.length > 0) {
      ByteBuffer types = ByteBuffer.allocate(2 * unknown.length);
      Arrays.stream(unknown).forEach(type -> types.putShort((short) type));
      attribute(Stun.UNKNOWN_ATTRIBUTES, types.array());
    }
    return this;
  }

  StunWriter integrity(byte[] key) {
    return attribute(Stun.MESSAGE_INTEGRITY, Stun.integrity(out.array(), out.position(), key));
  }

  /** Ends the message with its FINGERPRINT. */
  ByteBuffer finish() {
    int at = out.position();
    out.putShort(2, (short) (at + 8 - Stun.HEADER));
    out.putShort((short) Stun.FINGERPRINT).putShort((short) 4);
    out.putInt(Stun.fingerprint(out.array(), at));
    return out.flip();
  }

  private StunWriter attribute(int type, byte[] value) {
    out.putShort((short) type).putShort((short) value.length).put(value);
    while ((out.position() & 3) != 0) {
      out.put((byte) 0);
    }
    return this;
  }
}
