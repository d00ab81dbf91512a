package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * All that an association is made of, as the peer carries it for us between INIT ACK and COOKIE
 * ECHO, under a MAC (RFC 9260 section 5.1.3).
 *
 * @param localTie our tag of the association that existed when the cookie was made, or 0
 * @param peerTie the peer's tag of that association, or 0
 */
record StateCookie(
    long madeNanos, int localTag, int localTsn, InitChunk peer, int localTie, int peerTie) {
  private static final int BODY = 8 + 4 * 4 + 2 * 2 + 4 + 4 + 4 + 4;
  private static final int MAC = 32;

  byte[] seal(byte[] key) {
    ByteBuffer out = ByteBuffer.allocate(BODY + MAC);
    out.putLong(madeNanos).putInt(localTag).putInt(localTsn);
    out.putInt(peer.tag()).putInt(peer.window());
    out.putShort((short) peer.outgoing()).putShort((short) peer.incoming());
    out.putInt(peer.initialTsn());
    int flags =
        (peer.forwardTsn() ? 1 : 0) | (peer.reconfig() ? 2 : 0) | (peer.zeroChecksum() ? 4 : 0);
    out.putInt(flags).putInt(localTie).putInt(peerTie);
    out.put(mac(key, out.array()));
    return out.array();
  }

  /** Null unless we made it. */
  static @Nullable StateCookie unseal(byte[] sealed, byte[] key) {
    if (sealed.length != BODY + MAC) {
      return null;
    }
    byte[] stated = new byte[MAC];
    ByteBuffer in = ByteBuffer.wrap(sealed);
    in.get(BODY, stated);
    if (!MessageDigest.isEqual(stated, mac(key, sealed))) {
      return null;
    }
    long made = in.getLong();
    int localTag = in.getInt();
    int localTsn = in.getInt();
    int tag = in.getInt();
    int window = in.getInt();
    int outgoing = in.getShort() & 0xffff;
    int incoming = in.getShort() & 0xffff;
    int tsn = in.getInt();
    int flags = in.getInt();
    InitChunk peer =
        new InitChunk(
            tag,
            window,
            outgoing,
            incoming,
            tsn,
            (flags & 1) != 0,
            (flags & 2) != 0,
            (flags & 4) != 0,
            null,
            new byte[0]);
    return new StateCookie(made, localTag, localTsn, peer, in.getInt(), in.getInt());
  }

  private static byte[] mac(byte[] key, byte[] cookie) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(cookie, 0, BODY);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is missing in this JVM", e);
    }
  }
}
