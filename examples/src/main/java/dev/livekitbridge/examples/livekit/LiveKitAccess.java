package dev.livekitbridge.examples.livekit;

import io.livekit.server.AccessToken;
import io.livekit.server.CanPublish;
import io.livekit.server.CanPublishData;
import io.livekit.server.CanSubscribe;
import io.livekit.server.RoomAdmin;
import io.livekit.server.RoomCreate;
import io.livekit.server.RoomJoin;
import io.livekit.server.RoomList;
import io.livekit.server.RoomName;
import java.time.Duration;

/**
 * A LiveKit server and the key that opens it.
 *
 * @param url {@code ws://HOST:PORT} or {@code wss://HOST}
 * @param key the API key's name
 * @param secret the API key's secret; never shown
 */
public record LiveKitAccess(String url, String key, String secret) {
  private static final Duration LIFE = Duration.ofMinutes(30);

  /**
   * A token to join a room with.
   *
   * @param room its name
   * @param identity as whom
   * @return a JWT that is good for half an hour; a secret
   */
  public String joinToken(String room, String identity) {
    return joinToken(room, identity, LIFE);
  }

  /**
   * A token to join a room with.
   *
   * @param room its name
   * @param identity as whom
   * @param life how long it is good for
   * @return a JWT; a secret
   */
  public String joinToken(String room, String identity, Duration life) {
    AccessToken token = new AccessToken(key, secret);
    token.setIdentity(identity);
    token.setTtl(life.toMillis());
    token.addGrants(
        new RoomJoin(true),
        new RoomName(room),
        new CanPublish(true),
        new CanPublishData(true),
        new CanSubscribe(true));
    return token.toJwt();
  }

  /** A token to administer a room with. */
  String adminToken(String room) {
    AccessToken token = new AccessToken(key, secret);
    token.setTtl(Duration.ofMinutes(1).toMillis());
    token.addGrants(
        new RoomAdmin(true), new RoomCreate(true), new RoomList(true), new RoomName(room));
    return token.toJwt();
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "LiveKitAccess[url=" + url + ", key=" + key + "]";
  }
}
