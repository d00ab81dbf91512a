package dev.livekitbridge.server.playback;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Hosts and networks that may be fetched from although they are not public. Immutable. */
public final class AllowList {
  private final Set<String> hosts;
  private final List<Network> networks;

  private AllowList(Set<String> hosts, List<Network> networks) {
    this.hosts = Set.copyOf(hosts);
    this.networks = List.copyOf(networks);
  }

  /**
   * A list.
   *
   * @param entries each a host name, a network such as {@code 10.1.0.0/16}, or an address
   * @throws IllegalArgumentException if one is none of these
   */
  public static AllowList of(List<String> entries) {
    Set<String> hosts = new HashSet<>();
    List<Network> networks = new ArrayList<>();
    for (String entry : entries) {
      Network network = Network.parse(entry);
      if (network != null) {
        networks.add(network);
      } else if (entry.matches("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")) {
        hosts.add(entry.toLowerCase(Locale.ROOT));
      } else {
        throw new IllegalArgumentException(
            "allow: "
                + entry
                + " (expected: a host name, an address, or a network like 10.0.0.0/8)");
      }
    }
    return new AllowList(hosts, networks);
  }

  boolean allows(String host, InetAddress address) {
    return hosts.contains(host.toLowerCase(Locale.ROOT))
        || networks.stream().anyMatch(network -> network.contains(address));
  }

  @Override
  public String toString() {
    return "AllowList[hosts=" + hosts + ", networks=" + networks + "]";
  }
}
