package dev.livekitbridge.server.room.livekit.dtls;

import java.util.Arrays;

/**
 * What protects the media of a connection (RFC 5764 §4.2). All of it is secret.
 *
 * @param profile how
 * @param localKey master key of what we send
 * @param localSalt master salt of what we send
 * @param remoteKey master key of what we receive
 * @param remoteSalt master salt of what we receive
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; handed to the ciphers as they are.
public record SrtpKeys(
    SrtpProfile profile, byte[] localKey, byte[] localSalt, byte[] remoteKey, byte[] remoteSalt) {

  /** Both keys, then both salts, the client's before the server's. */
  static SrtpKeys of(SrtpProfile profile, byte[] exported, boolean weAreClient) {
    int key = profile.keyBytes();
    int salt = profile.saltBytes();
    byte[] clientKey = Arrays.copyOfRange(exported, 0, key);
    byte[] serverKey = Arrays.copyOfRange(exported, key, 2 * key);
    byte[] clientSalt = Arrays.copyOfRange(exported, 2 * key, 2 * key + salt);
    byte[] serverSalt = Arrays.copyOfRange(exported, 2 * key + salt, 2 * (key + salt));
    return weAreClient
        ? new SrtpKeys(profile, clientKey, clientSalt, serverKey, serverSalt)
        : new SrtpKeys(profile, serverKey, serverSalt, clientKey, clientSalt);
  }

  static int exportedBytes(SrtpProfile profile) {
    return 2 * (profile.keyBytes() + profile.saltBytes());
  }

  /** The profile alone. */
  @Override
  public String toString() {
    return "SrtpKeys[profile=" + profile + "]";
  }
}
