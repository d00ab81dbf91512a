package dev.livekitbridge.server.guard;

import dev.livekitbridge.server.security.SecurityOptions;
import dev.livekitbridge.server.session.Admission;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The limits of {@link SecurityOptions}, for joins. */
public final class CallerLimits implements Admission {
  private final UrlAllowList urls;
  private final int maxSessions;
  // Without a limit its library is not loaded.
  private final @Nullable JoinRates rates;

  /**
   * The limits of these options.
   *
   * @throws IllegalArgumentException if a room URL of theirs cannot be understood
   */
  public CallerLimits(SecurityOptions options) {
    urls = new UrlAllowList(options.roomUrls());
    maxSessions =
        options.maxSessionsPerCaller() == 0 ? Integer.MAX_VALUE : options.maxSessionsPerCaller();
    rates =
        options.joinsPerSecond() == 0
            ? null
            : new JoinRates(options.joinsPerSecond(), Duration.ofSeconds(1));
  }

  @Override
  public boolean mayJoinNow(String caller) {
    return rates == null || rates.admit(caller);
  }

  @Override
  public @Nullable String urlFault(String url) {
    return urls.fault(url);
  }

  @Override
  public int maxSessions() {
    return maxSessions;
  }
}
