package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.examples.roomhost.proto.Publish;
import dev.livekitbridge.examples.roomhost.proto.ToRoom;

/** What a process in a room does there, seen from the host. Called on its stream's thread. */
interface Seat {
  /** Says a frame. */
  void say(ToRoom frame);

  /** Publishes a track; frames name it by its handle. */
  void publish(Publish track);

  /** Leaves; when that is done the stream ends. */
  void leave();
}
