package dev.livekitbridge.examples.demo;

import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.roomhost.RoomHostClient;
import java.nio.file.Path;

/** Where the rooms of the scenarios are. */
interface Venue extends AutoCloseable {
  /** The people of a room; {@code stream} is the stream of their numbered frames. */
  People people(String room, int stream);

  /** The URL by which a bridge joins a room. */
  String url(String room);

  /** Gives the service what it needs to join. */
  JvmSpec equip(JvmSpec service);

  /** How much of the service's numbered sound one number of its account stands for. */
  int paceMillis();

  /** What becomes of the participant of a bridge that is killed; empty where it is gone at once. */
  String afterlife();

  /** What it is, for people. */
  String describe();

  @Override
  void close();

  /** Rooms in a room host. */
  record Host(RoomHostClient client, String address) implements Venue {
    @Override
    public People people(String room, int stream) {
      return new HostPeople(client, room, stream);
    }

    @Override
    public String url(String room) {
      return "roomhost://" + address + "/" + room;
    }

    @Override
    public JvmSpec equip(JvmSpec service) {
      return service;
    }

    @Override
    public int paceMillis() {
      return DemoService.FRAME_MILLIS;
    }

    @Override
    public String afterlife() {
      return "";
    }

    @Override
    public String describe() {
      return "the rooms are on the room host at " + address;
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** Rooms of a real LiveKit server. */
  record LiveKit(LiveKitAccess access, ProcessGroup processes, Path out) implements Venue {
    @Override
    public People people(String room, int stream) {
      return new LiveKitPeople(access, processes, room, stream, out);
    }

    @Override
    public String url(String room) {
      return access.url();
    }

    @Override
    public JvmSpec equip(JvmSpec service) {
      return service
          .environment("LIVEKIT_API_KEY", access.key())
          .environment("LIVEKIT_API_SECRET", access.secret());
    }

    @Override
    public int paceMillis() {
      return SpokenNotes.MILLIS;
    }

    @Override
    public String afterlife() {
      return "LiveKit keeps the dead bridge's participant until a new one takes its place, or until"
          + " its own timeout";
    }

    @Override
    public String describe() {
      return "the rooms are on the LiveKit server at "
          + access.url()
          + "; what the service says goes through a codec for the ear, and is accounted in notes of "
          + SpokenNotes.MILLIS
          + " ms";
    }

    @Override
    public void close() {
      // The server is the process group's, or not ours.
    }
  }
}
