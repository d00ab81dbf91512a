package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.server.room.RoomListener;
import java.util.function.Consumer;

/** Hears the frames of a room, and nothing else of it. */
record Ear(Consumer<AudioFrame> frames) implements RoomListener {
  @Override
  public void onFrame(AudioFrame frame) {
    frames.accept(frame);
  }

  @Override
  public void onParticipants(int count) {}

  @Override
  public void onDisconnected(CloseReason reason, String detail) {}
}
