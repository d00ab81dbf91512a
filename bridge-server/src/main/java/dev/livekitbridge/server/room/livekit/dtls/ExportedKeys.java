package dev.livekitbridge.server.room.livekit.dtls;

/**
 * What DTLS gives to SRTP (RFC 5764 §4.2); the material is secret.
 *
 * @param profile number of the protection profile that was agreed on
 * @param material client key, server key, client salt, server salt
 * @param client whether we are the DTLS client
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; goes into the ciphers as it is.
public record ExportedKeys(int profile, byte[] material, boolean client) {
  /** Without the material. */
  @Override
  public String toString() {
    return "ExportedKeys[profile=" + profile + "]";
  }
}
