package dev.livekitbridge.server.room.livekit.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which of the machine's addresses may carry media. */
public final class LocalAddresses {
  /** A socket each; more would be of no use. */
  private static final int MOST = 6;

  private LocalAddresses() {}

  /**
   * The addresses to gather host candidates from (RFC 8445 §5.1.1.1): the one that signalling goes
   * over first, then the others, IPv4 before IPv6. Loopback only where signalling uses it; no
   * link-local ones, which no SFU can be reached from.
   *
   * @param signalling the local address of the WebSocket
   * @return at least that one
   */
  public static List<InetAddress> forMedia(InetAddress signalling) {
    Set<InetAddress> addresses = new LinkedHashSet<>();
    addresses.add(signalling);
    List<InetAddress> found = all();
    for (boolean v4 : new boolean[] {true, false}) {
      for (InetAddress each : found) {
        if (each instanceof Inet4Address == v4
            && (!each.isLoopbackAddress() || signalling.isLoopbackAddress())) {
          addresses.add(each);
        }
      }
    }
    return addresses.stream().limit(MOST).toList();
  }

  private static List<InetAddress> all() {
    List<InetAddress> all = new ArrayList<>();
    try {
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (each.isUp()) {
          for (InetAddress address : Collections.list(each.getInetAddresses())) {
            if (!address.isLinkLocalAddress() && !address.isMulticastAddress()) {
              all.add(address);
            }
          }
        }
      }
    } catch (SocketException e) {
      // The address of the WebSocket has to do.
      return List.of();
    }
    return all;
  }
}
