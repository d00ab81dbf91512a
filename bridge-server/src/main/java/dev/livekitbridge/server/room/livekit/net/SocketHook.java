package dev.livekitbridge.server.room.livekit.net;

import io.netty.channel.ChannelPipeline;

/** Sees each UDP and TCP media socket before its first packet. Tests put loss and delay there. */
@FunctionalInterface
public interface SocketHook {
  /** Changes nothing. */
  SocketHook NONE = pipeline -> {};

  /**
   * Prepares a pipeline.
   *
   * @param pipeline still without handlers of ours
   */
  void prepare(ChannelPipeline pipeline);
}
