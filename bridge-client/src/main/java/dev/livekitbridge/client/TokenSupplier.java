package dev.livekitbridge.client;

/**
 * Mints the LiveKit access token of a join. Asked before every join, so that a token never has to
 * outlive an outage.
 */
@FunctionalInterface
public interface TokenSupplier {
  /**
   * Mints a token. It may block: it runs on the client's token executor, where up to 32 are asked
   * at once. One that throws, returns null or an empty string, or takes longer than {@link
   * ReconnectOptions#tokenTimeout} counts as a failed try and is asked again at the growing pace;
   * one that takes too long is interrupted.
   *
   * @param request for what
   * @return LiveKit access token; the client logs it nowhere
   * @throws Exception whatever went wrong; its message is told in events and logs
   */
  String token(TokenRequest request) throws Exception;
}
