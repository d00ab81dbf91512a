package dev.livekitbridge.server.room;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.proto.AudioInput;
import java.util.List;
import java.util.Set;

/**
 * What {@link RoomContract} needs of one kind of rooms: the connector under test, and a way to the
 * rooms that does not go through it, so that it can be another process. What it does may be seen in
 * the room later than it returns.
 */
public interface RoomHarness extends AutoCloseable {
  /** The connector under test. */
  RoomConnector connector();

  /** The URL of a room. */
  String url(String room);

  /** A token with which this identity may join. */
  String token(String room, String identity);

  /** Makes the next join with the token that it gives fail. */
  Refusal refuseNextJoin(String room, String identity);

  /** Puts a participant into the room by another way than the connector. */
  Foreign enter(String room, String identity);

  /** Identities of everyone in the room. */
  Set<String> participants(String room);

  /** Takes one out through the room's administration. */
  void remove(String room, String identity);

  /** Deletes the room. */
  void delete(String room);

  /** Whether what is said on a track comes out bit for bit: not through a lossy codec. */
  default boolean exactAudio() {
    return true;
  }

  @Override
  void close();

  /** A refusal: what to join with, and what is to be heard. */
  record Refusal(String token, CloseReason reason) {}

  /** The usual join. */
  default RoomJoin join(String room, String identity) {
    return join(room, identity, "", AudioInput.DATA_PACKETS, Set.of());
  }

  /** A join with all that it can have. */
  default RoomJoin join(
      String room, String identity, String target, AudioInput input, Set<String> ignore) {
    return new RoomJoin(url(room), room, identity, token(room, identity), target, input, ignore);
  }

  /** A participant that came by another way than the connector. */
  interface Foreign {
    /** Sends a data packet. */
    void publish(byte[] data);

    /** Says a frame of 16 kHz mono on its one audio track, which it publishes at the first. */
    void say(AudioFrame frame);

    /** What it heard on the tracks of others, in order. */
    List<Heard> heard();

    /** Leaves. */
    void leave();
  }

  /** A piece of audio that was heard. */
  record Heard(String identity, String trackName, AudioFrame frame) {}
}
