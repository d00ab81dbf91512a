package dev.livekitbridge.server.room.livekit.ice;

import java.net.InetSocketAddress;

/**
 * Hears an agent, from inside of the call that caused the event. Must not call the agent back
 * except for reading.
 */
public interface IceListener {
  /**
   * Packets go this way from now on. May come again with a better pair.
   *
   * @param local to send from
   * @param remote to send to
   */
  void onSelected(Candidate local, InetSocketAddress remote);

  /**
   * The state changed.
   *
   * @param state the new one
   * @param reason for people
   */
  void onState(IceState state, String reason);
}
