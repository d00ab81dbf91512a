package dev.livekitbridge.server.room.livekit.sctp;

import java.nio.ByteBuffer;

/**
 * What an association tells, from within {@code receive} and {@code onTimeout}, in order.
 *
 * <p>A callback may call {@code open}, {@code send}, {@code closeChannel}, {@code close} and {@code
 * abort}, not {@code receive}, {@code poll} or {@code onTimeout}. It must not throw.
 */
public interface SctpListener {
  /** The association is established; after a restart of the peer it is told again. */
  default void connected() {}

  /** The peer opened a channel, or acknowledged ours. */
  default void channelOpened(int channel, DataChannelConfig config) {}

  /**
   * A whole message.
   *
   * @param bytes valid only during the call: a view of the received packet wherever that is
   *     possible
   * @param binary false means that the peer sent it as a string (UTF-8)
   */
  void message(int channel, ByteBuffer bytes, boolean binary);

  /** Both directions of a channel are closed; its number may be used again. */
  default void channelClosed(int channel) {}

  /** After {@code send} was refused for a full buffer: half of it is free again. */
  default void writable() {}

  /** The end, told once. Its channels are not told one by one. */
  default void closed(SctpCloseReason reason, String detail) {}
}
