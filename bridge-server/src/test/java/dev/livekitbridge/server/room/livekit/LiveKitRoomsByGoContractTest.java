package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.server.room.RoomContract;
import dev.livekitbridge.server.room.RoomHarness;

/** The contract of all rooms, against a real livekit-server, with pion's participants beside us. */
class LiveKitRoomsByGoContractTest extends RoomContract {
  @Override
  protected RoomHarness createHarness() {
    return new LiveKitHarness("go");
  }
}
