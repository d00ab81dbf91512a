package dev.livekitbridge.server.security;

/**
 * Tells who calls. Asked once for every call, a stream is one, on a thread of the network: it must
 * not block, so it looks at what it has (keys, a cache), and fetches elsewhere. Safe for use by
 * many threads.
 *
 * @see JwtAuthenticator
 * @see StaticTokens
 */
@FunctionalInterface
public interface Authenticator {
  /**
   * Who calls.
   *
   * @param credentials what the call brought along
   * @return the caller; never null
   * @throws AuthenticationException if they do not show who calls; the call ends with {@code
   *     UNAUTHENTICATED}. After any other exception it ends with {@code UNAVAILABLE}
   */
  Caller authenticate(CallerCredentials credentials) throws AuthenticationException;
}
