package dev.livekitbridge.server.playback;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Says to which addresses a file may be fetched from: public ones, and those that are allowed.
 * Whoever asks for a playback chooses the URL, so everything that only this machine or its network
 * can reach is out of bounds.
 */
final class AddressGuard {
  /** What is not public, by the registries of IANA (RFC 6890 and after); also metadata services. */
  private static final List<Network> REFUSED =
      Stream.of(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "168.63.129.16/32",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/4",
              "240.0.0.0/4",
              "::/128",
              "::1/128",
              "::ffff:0:0:0/96",
              "64:ff9b:1::/48",
              "100::/64",
              "2001:db8::/32",
              "3fff::/20",
              "5f00::/16",
              "fc00::/7",
              "fe80::/10",
              "fec0::/10",
              "ff00::/8")
          .map(Network::of)
          .toList();

  private static final Network NAT64 = Network.of("64:ff9b::/96");

  private final AllowList allowed;

  AddressGuard(AllowList allowed) {
    this.allowed = allowed;
  }

  /** Those of a host's addresses that may be fetched from, in their order; maybe none. */
  InetAddress[] permitted(String host, InetAddress[] addresses) {
    return Arrays.stream(addresses)
        .filter(address -> allowed.allows(host, address) || isPublic(address))
        .toArray(InetAddress[]::new);
  }

  static boolean isPublic(InetAddress address) {
    if (REFUSED.stream().anyMatch(network -> network.contains(address))) {
      return false;
    }
    return !(address instanceof Inet6Address v6) || embedded(v6).allMatch(AddressGuard::isPublic);
  }

  /** The IPv4 addresses that packets to an IPv6 address may end at. */
  private static Stream<Inet4Address> embedded(Inet6Address address) {
    if (InetAddresses.isCompatIPv4Address(address)) {
      return Stream.of(InetAddresses.getCompatIPv4Address(address));
    }
    if (InetAddresses.is6to4Address(address)) {
      return Stream.of(InetAddresses.get6to4IPv4Address(address));
    }
    if (InetAddresses.isTeredoAddress(address)) {
      InetAddresses.TeredoInfo teredo = InetAddresses.getTeredoInfo(address);
      return Stream.of(teredo.getServer(), teredo.getClient());
    }
    byte[] bytes = address.getAddress();
    if (NAT64.contains(address) || InetAddresses.isIsatapAddress(address)) {
      return Stream.of(v4(bytes, 12));
    }
    return Stream.empty();
  }

  private static Inet4Address v4(byte[] bytes, int from) {
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      value = (value << 8) | (bytes[i] & 0xff);
    }
    return InetAddresses.fromInteger(value);
  }
}
