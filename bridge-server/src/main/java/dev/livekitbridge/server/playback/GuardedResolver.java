package dev.livekitbridge.server.playback;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves a host for the connection that is made next, and gives it no address that may not be
 * fetched from. As the connection goes to what was checked here, a name that changes its address
 * between check and use gains nothing.
 */
final class GuardedResolver implements DnsResolver {
  /** None of a host's addresses may be fetched from. */
  static final class Refused extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    Refused(String host) {
      super(host);
    }
  }

  /** Looks a host up. */
  @FunctionalInterface
  interface Lookup {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private final AddressGuard guard;
  private final Lookup lookup;

  GuardedResolver(AddressGuard guard, Lookup lookup) {
    this.guard = guard;
    this.lookup = lookup;
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] permitted = guard.permitted(host, lookup.addresses(host));
    if (permitted.length == 0) {
      throw new Refused(host);
    }
    return permitted;
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }
}
