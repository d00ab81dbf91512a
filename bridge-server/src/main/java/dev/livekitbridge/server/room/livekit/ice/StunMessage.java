package dev.livekitbridge.server.room.livekit.ice;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A STUN message as it came from the wire (RFC 8489 §5 and §14), reduced to what ICE reads. Takes
 * any bytes: what is not a well-formed message with a right FINGERPRINT (RFC 8445 §7.1 asks for
 * one) is no message.
 */
final class StunMessage {
  /** The four classes of RFC 8489 §5. */
  enum Kind {
    REQUEST(0x000),
    INDICATION(0x010),
    SUCCESS(0x100),
    ERROR(0x110);

    private static final int MASK = 0x110;

    private final int bits;

    Kind(int bits) {
      this.bits = bits;
    }

    /** Its two bits of the message type. */
    int bits() {
      return bits;
    }

    static Kind of(int type) {
      return switch (type & MASK) {
        case 0x000 -> REQUEST;
        case 0x010 -> INDICATION;
        case 0x100 -> SUCCESS;
        default -> ERROR;
      };
    }
  }

  private static final int MAX_UNKNOWN = 8;

  private final byte[] bytes;
  private final Kind kind;
  private final int method;
  private final TransactionId id;
  private int integrityAt;
  private @Nullable String username;
  private @Nullable Long controlling;
  private @Nullable Long controlled;
  private @Nullable InetSocketAddress mapped;
  private long priority;
  private boolean useCandidate;
  private int errorCode;
  private int[] unknown = {};

  private StunMessage(byte[] bytes, Kind kind, int method, TransactionId id) {
    this.bytes = bytes;
    this.kind = kind;
    this.method = method;
    this.id = id;
  }

  /**
   * Reads a datagram.
   *
   * @return the message, or null if it is none
   */
  static @Nullable StunMessage parse(ByteBuffer datagram) {
    int size = datagram.remaining();
    if (size < Stun.HEADER + 8 || (size & 3) != 0 || size > 0xFFFF) {
      return null;
    }
    byte[] bytes = new byte[size];
    datagram.get(datagram.position(), bytes);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int type = in.getShort() & 0xFFFF;
    int length = in.getShort() & 0xFFFF;
    if ((type & 0xC000) != 0
        || length != size - Stun.HEADER
        || in.getInt() != Stun.MAGIC_COOKIE
        || !endsWithFingerprint(in, bytes)) {
      return null;
    }
    StunMessage message =
        new StunMessage(
            bytes, Kind.of(type), method(type), new TransactionId(in.getInt(8), in.getLong(12)));
    return message.readAttributes() ? message : null;
  }

  private static boolean endsWithFingerprint(ByteBuffer in, byte[] bytes) {
    int at = bytes.length - 8;
    return in.getInt(at) == (Stun.FINGERPRINT << 16 | 4)
        && in.getInt(at + 4) == Stun.fingerprint(bytes, at);
  }

  private static int method(int type) {
    return (type & 0x3E00) >> 2 | (type & 0xE0) >> 1 | (type & 0xF);
  }

  private boolean readAttributes() {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int at = Stun.HEADER;
    while (at < bytes.length) {
      // The size is a multiple of 4, so a header is always whole.
      int type = in.getShort(at) & 0xFFFF;
      int length = in.getShort(at + 2) & 0xFFFF;
      int value = at + 4;
      if (length > bytes.length - value) {
        return false;
      }
      // What follows MESSAGE-INTEGRITY is not covered by it and not looked at (RFC 8489 §14.5).
      if (integrityAt == 0 && !read(in, type, value, length)) {
        return false;
      }
      at = value + (length + 3 & ~3);
    }
    return true;
  }

  private boolean read(ByteBuffer in, int type, int at, int length) {
    switch (type) {
      case Stun.USERNAME -> {
        if (length > 512) {
          return false;
        }
        username =
            username == null ? new String(bytes, at, length, StandardCharsets.UTF_8) : username;
      }
      case Stun.MESSAGE_INTEGRITY -> {
        integrityAt = at - 4;
        return length == Stun.INTEGRITY_BYTES;
      }
      case Stun.XOR_MAPPED_ADDRESS -> {
        mapped = mapped == null ? address(in, at, length) : mapped;
        return mapped != null;
      }
      case Stun.PRIORITY -> {
        if (length != 4) {
          return false;
        }
        priority = in.getInt(at) & 0xFFFFFFFFL;
      }
      case Stun.USE_CANDIDATE -> useCandidate = true;
      case Stun.ICE_CONTROLLING, Stun.ICE_CONTROLLED -> {
        if (length != 8) {
          return false;
        }
        if (type == Stun.ICE_CONTROLLING) {
          controlling = in.getLong(at);
        } else {
          controlled = in.getLong(at);
        }
      }
      case Stun.ERROR_CODE -> {
        if (length < 4) {
          return false;
        }
        errorCode = (bytes[at + 2] & 7) * 100 + (bytes[at + 3] & 0xFF);
      }
      case Stun.UNKNOWN_ATTRIBUTES -> {
        // Only tells what the peer did not understand; its error code says enough.
      }
      default -> {
        if (Stun.mustBeUnderstood(type) && unknown.length < MAX_UNKNOWN) {
          unknown = Arrays.copyOf(unknown, unknown.length + 1);
          unknown[unknown.length - 1] = type;
        }
      }
    }
    return true;
  }

  private static @Nullable InetSocketAddress address(ByteBuffer in, int at, int length) {
    int family = length < 8 ? 0 : in.get(at + 1);
    int size = family == 1 ? 4 : family == 2 ? 16 : 0;
    if (size == 0 || length != 4 + size) {
      return null;
    }
    int port = (in.getShort(at + 2) & 0xFFFF) ^ (Stun.MAGIC_COOKIE >>> 16);
    byte[] ip = new byte[size];
    for (int i = 0; i < size; i++) {
      // The cookie and the transaction id follow each other in the header.
      ip[i] = (byte) (in.get(at + 4 + i) ^ in.get(4 + i));
    }
    try {
      return new InetSocketAddress(InetAddress.getByAddress(ip), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are an address", e);
    }
  }

  /** Whether MESSAGE-INTEGRITY is there and made with this key (RFC 8489 §9.1.3). */
  boolean isAuthentic(byte[] key) {
    return integrityAt != 0
        && MessageDigest.isEqual(
            Stun.integrity(bytes, integrityAt, key),
            Arrays.copyOfRange(bytes, integrityAt + 4, integrityAt + 4 + Stun.INTEGRITY_BYTES));
  }

  Kind kind() {
    return kind;
  }

  boolean isBinding() {
    return method == Stun.BINDING;
  }

  TransactionId id() {
    return id;
  }

  boolean hasIntegrity() {
    return integrityAt != 0;
  }

  @Nullable String username() {
    return username;
  }

  /** ICE-CONTROLLING's tie-breaker, or null. */
  @Nullable Long controlling() {
    return controlling;
  }

  /** ICE-CONTROLLED's tie-breaker, or null. */
  @Nullable Long controlled() {
    return controlled;
  }

  @Nullable InetSocketAddress mapped() {
    return mapped;
  }

  /** PRIORITY, or 0. */
  long priority() {
    return priority;
  }

  boolean useCandidate() {
    return useCandidate;
  }

  /** ERROR-CODE such as 487, or 0. */
  int errorCode() {
    return errorCode;
  }

  /** Attributes that must be understood and are not. */
  int[] unknown() {
    return unknown;
  }
}
