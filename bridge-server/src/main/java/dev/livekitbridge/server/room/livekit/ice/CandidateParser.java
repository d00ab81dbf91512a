package dev.livekitbridge.server.room.livekit.ice;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the candidate attribute of SDP (RFC 8839 §5.1, RFC 6544 §4.5) from a peer. */
final class CandidateParser {
  private static final int MAX_LENGTH = 512;

  private CandidateParser() {}

  /**
   * Reads one.
   *
   * @param attribute with or without {@code a=}
   * @return the candidate; null if it is malformed, or of no use to us: another component, a name
   *     instead of an address (RFC 8839 §5.1 permits to ignore it), or TCP that is not passive
   */
  static @Nullable Candidate parse(String attribute) {
    if (attribute.length() > MAX_LENGTH) {
      return null;
    }
    String text = attribute.startsWith("a=") ? attribute.substring(2) : attribute;
    String[] part = text.trim().split(" +", -1);
    if (part.length < 8 || !part[0].startsWith("candidate:") || !part[6].equals("typ")) {
      return null;
    }
    String foundation = part[0].substring("candidate:".length());
    TransportKind transport = transport(part);
    CandidateKind kind = kind(part[7]);
    long priority = number(part[3], 0xFFFFFFFFL);
    int port = (int) number(part[5], 0xFFFF);
    InetAddress address = address(part[4]);
    if (foundation.isEmpty()
        || foundation.length() > 32
        || !part[1].equals("1")
        || transport == null
        || kind == null
        || priority <= 0
        || port <= 0
        || address == null) {
      return null;
    }
    return new Candidate(
        kind, transport, new InetSocketAddress(address, port), foundation, priority);
  }

  private static @Nullable TransportKind transport(String[] part) {
    return switch (part[2].toUpperCase(Locale.ROOT)) {
      case "UDP" -> TransportKind.UDP;
      case "TCP" -> extension(part, "tcptype").equals("passive") ? TransportKind.TCP : null;
      default -> null;
    };
  }

  private static String extension(String[] part, String name) {
    for (int i = 8; i + 1 < part.length; i += 2) {
      if (part[i].equals(name)) {
        return part[i + 1];
      }
    }
    return "";
  }

  private static @Nullable CandidateKind kind(String token) {
    for (CandidateKind kind : CandidateKind.values()) {
      if (kind.token().equals(token)) {
        return kind;
      }
    }
    return null;
  }

  /** A number in decimal, or -1 if it is none or above the limit. */
  private static long number(String text, long max) {
    if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    long value = Long.parseLong(text);
    return value <= max ? value : -1;
  }

  private static @Nullable InetAddress address(String literal) {
    byte[] ip = NetUtil.createByteArrayFromIpAddressString(literal);
    try {
      InetAddress address = ip == null ? null : InetAddress.getByAddress(ip);
      return address == null || address.isAnyLocalAddress() || address.isMulticastAddress()
          ? null
          : address;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are an address", e);
    }
  }
}
