package dev.livekitbridge.server.room.livekit.signal;

import java.util.List;

/** Hears what signalling has to say. Called from within the machine's own methods. */
public interface SignalListener {
  /**
   * A message for the server.
   *
   * @param message one binary WebSocket message
   */
  void send(byte[] message);

  /**
   * The join was accepted; comes first and once.
   *
   * @param room where we are now
   */
  void joined(JoinedRoom room);

  /**
   * The server offers on the subscriber connection.
   *
   * @param sdp the offer
   * @param id to be echoed in the answer
   */
  void offered(String sdp, int id);

  /**
   * The server answers on the publisher connection.
   *
   * @param sdp the answer
   * @param id of the offer; 0 from servers that do not echo it
   */
  void answered(String sdp, int id);

  /**
   * A candidate of the server.
   *
   * @param target which peer connection
   * @param candidate the attribute's text
   */
  void candidate(Target target, String candidate);

  /**
   * Participants came, went or changed.
   *
   * @param changed each as it is now
   */
  void changed(List<Participant> changed);

  /**
   * The server took a track that we added.
   *
   * @param cid the id that we gave it
   * @param sid its id in the room
   */
  void published(String cid, String sid);

  /**
   * Someone listens to a track of ours for the first time.
   *
   * @param sid its id in the room
   */
  void listenedTo(String sid);

  /**
   * A newer token than the last one; the next join must use it.
   *
   * @param token a secret
   */
  void refreshed(String token);

  /**
   * The server refuses something that we asked for.
   *
   * @param detail for the log
   */
  void refused(String detail);

  /**
   * The server sends us away.
   *
   * @param cause why
   */
  void sentAway(LeaveCause cause);

  /**
   * The server has fallen silent, or speaks nonsense.
   *
   * @param detail for people
   */
  void lost(String detail);
}
