package dev.livekitbridge.server.room.livekit.ice;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * One side's user name fragment and password (RFC 8445 §5.3).
 *
 * @param ufrag names the session; not a secret
 * @param pwd a secret
 */
record Credentials(String ufrag, String pwd) {
  private static final String ICE_CHARS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  /** 48 and 144 random bits; §5.3 asks for 24 and 128. */
  static Credentials random(Random random) {
    return new Credentials(text(random, 8), text(random, 24));
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(ICE_CHARS.charAt(random.nextInt(ICE_CHARS.length())));
    }
    return text.toString();
  }

  byte[] key() {
    return pwd.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether a request with this USERNAME is meant for these credentials. */
  boolean isAddressedBy(String username) {
    return username.startsWith(ufrag + ":");
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "Credentials[ufrag=" + ufrag + "]";
  }
}
