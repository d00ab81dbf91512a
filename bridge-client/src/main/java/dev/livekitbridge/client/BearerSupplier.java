package dev.livekitbridge.client;

/**
 * Gives the token by which the bridges know this service; not to be mistaken for LiveKit's (see
 * {@link TokenSupplier}). It is asked when there is none, in the last fifth of the life of the one
 * at hand while that one still serves, and when a bridge refused it.
 */
@FunctionalInterface
public interface BearerSupplier {
  /**
   * Gives a token. It may block: it runs on the client's token executor, one call at a time for the
   * whole client. One that throws or takes longer than 5 s fails the calls that wait for it, which
   * are tried again at the growing pace; one that takes too long is interrupted.
   *
   * @return the token; the client logs it nowhere
   * @throws Exception whatever went wrong; its message is told in events and logs
   */
  BearerToken token() throws Exception;
}
