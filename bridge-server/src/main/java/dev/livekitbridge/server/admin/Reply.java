package dev.livekitbridge.server.admin;

/**
 * An answer of the admin port.
 *
 * @param status of HTTP
 * @param contentType of the body
 * @param body as text
 */
record Reply(int status, String contentType, String body) {
  private static final String TEXT = "text/plain; charset=utf-8";

  static Reply text(int status, String body) {
    return new Reply(status, TEXT, body + "\n");
  }
}
