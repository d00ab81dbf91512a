package dev.livekitbridge.client;

import io.grpc.EquivalentAddressGroup;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * Where one bridge is.
 *
 * @param target what a channel is made for
 * @param authority whose certificate it shows, where that is not the target's own name; else empty
 */
record BridgeAddress(String target, String authority) {
  static BridgeAddress of(String target) {
    return new BridgeAddress(target, "");
  }

  /**
   * The bridges that a name stands for. A host with addresses of both families is one bridge, not
   * two: where there are any of IPv4, those of IPv6 are left out.
   */
  static List<BridgeAddress> of(List<EquivalentAddressGroup> groups, String authority) {
    List<SocketAddress> all = groups.stream().map(g -> g.getAddresses().get(0)).toList();
    boolean both =
        all.stream().anyMatch(BridgeAddress::isIpv6)
            && !all.stream().allMatch(BridgeAddress::isIpv6);
    return all.stream()
        .filter(address -> !both || !isIpv6(address))
        .map(address -> new BridgeAddress(text(address), authority))
        .distinct()
        .toList();
  }

  private static boolean isIpv6(SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
  }

  private static String text(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return address.toString();
    }
    InetAddress resolved = inet.getAddress();
    String host = resolved == null ? inet.getHostString() : resolved.getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
  }
}
