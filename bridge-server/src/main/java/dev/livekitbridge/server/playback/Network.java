package dev.livekitbridge.server.playback;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A range of addresses of one family. */
record Network(InetAddress base, int prefix) {
  /** From {@code 10.0.0.0/8}, {@code fc00::/7} or a single address; null for anything else. */
  static @Nullable Network parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (!InetAddresses.isInetAddress(address)) {
      return null;
    }
    InetAddress base = InetAddresses.forString(address);
    int bits = 8 * base.getAddress().length;
    try {
      int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
      return prefix < 0 || prefix > bits ? null : new Network(base, prefix);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  static Network of(String text) {
    Network network = parse(text);
    if (network == null) {
      throw new IllegalArgumentException("network: " + text + " (expected: ADDRESS/PREFIX)");
    }
    return network;
  }

  boolean contains(InetAddress address) {
    byte[] mine = base.getAddress();
    byte[] theirs = address.getAddress();
    if (mine.length != theirs.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != theirs[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    int mask = 0xff00 >> rest & 0xff;
    return rest == 0 || (mine[whole] & mask) == (theirs[whole] & mask);
  }

  @Override
  public String toString() {
    return InetAddresses.toAddrString(base) + "/" + prefix;
  }
}
