package dev.livekitbridge.server.guard;

import dev.livekitbridge.server.security.Caller;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Grpc;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who makes the call that is being handled. */
public final class Callers {
  private static final Caller NOBODY = Caller.of("anyone", Caller.EVERYONE);
  private static final Context.Key<Caller> KEY = Context.keyWithDefault("bridge-caller", NOBODY);
  private static final Context.Key<Long> ENDS =
      Context.keyWithDefault("bridge-caller-ends", Long.MAX_VALUE);
  private static final int SITE_BYTES = 8;

  private Callers() {}

  /**
   * The caller of the call that this thread handles; of everyone together if nobody is told apart.
   */
  public static Caller current() {
    return KEY.get();
  }

  /** When a stream of this call is to end, in epoch milliseconds; the largest number for never. */
  public static long endsMillis() {
    return ENDS.get();
  }

  static Context with(Caller caller, Duration grace) {
    long ends = caller.expires().map(at -> at.plus(grace).toEpochMilli()).orElse(Long.MAX_VALUE);
    return Context.current().withValues(KEY, caller, ENDS, ends);
  }

  /** A caller of whom nothing is known but an address. */
  static Caller byAddress(Attributes attributes) {
    SocketAddress address = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return new Caller(site(address), Set.of(Caller.EVERYONE), Optional.empty());
  }

  /** Of IPv6 the half that a site is given: it has the other half to itself. */
  private static String site(@Nullable SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      return "local";
    }
    InetAddress ip = inet.getAddress();
    if (ip instanceof Inet6Address) {
      return HexFormat.of().formatHex(Arrays.copyOf(ip.getAddress(), SITE_BYTES)) + "/64";
    }
    return ip == null ? inet.getHostString() : ip.getHostAddress();
  }
}
