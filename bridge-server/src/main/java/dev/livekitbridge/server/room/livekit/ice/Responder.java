package dev.livekitbridge.server.room.livekit.ice;

import dev.livekitbridge.server.room.livekit.ice.StunMessage.Kind;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Judges Binding requests and writes the answers (RFC 8489 §9.1.3, RFC 8445 §7.3). */
final class Responder {
  private Responder() {}

  /**
   * What is wrong with a request before its role is looked at.
   *
   * @return an error code, or 0
   */
  static int fault(StunMessage request, Credentials local) {
    String username = request.username();
    if (username == null || !request.hasIntegrity()) {
      return 400;
    }
    if (!local.isAddressedBy(username) || !request.isAuthentic(local.key())) {
      return 401;
    }
    return request.unknown().length > 0 ? 420 : 0;
  }

  static ByteBuffer success(StunMessage request, Credentials local, InetSocketAddress source) {
    return new StunWriter(Kind.SUCCESS, request.id())
        .mapped(source)
        .integrity(local.key())
        .finish();
  }

  /** An error; signed unless we could not tell who asks. Never longer than the request. */
  static ByteBuffer error(StunMessage request, Credentials local, int code) {
    StunWriter writer = new StunWriter(Kind.ERROR, request.id()).error(code, request.unknown());
    return (code == 400 || code == 401 ? writer : writer.integrity(local.key())).finish();
  }
}
