package dev.livekitbridge.examples.faults;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.examples.roomhost.FrameTally;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Alice, in a room: says a numbered frame every 20 ms, and counts the numbered frames she hears.
 */
final class RoomSide {
  static final int STREAM = 1;

  private final Rig rig;
  private final String url;
  private final MemoryParticipant alice;
  private final FrameTally heard = new FrameTally();
  private @Nullable ScheduledFuture<?> talking;
  private long said;

  RoomSide(Rig rig, String room) {
    this.rig = rig;
    this.url = rig.rooms.url(room);
    this.alice = rig.rooms.rooms().room(room).join("alice");
    alice.onAudio(this::onAudio);
  }

  String url() {
    return url;
  }

  void talk() {
    talking = rig.timer.scheduleAtFixedRate(this::say, 0, 20, TimeUnit.MILLISECONDS);
  }

  void fallSilent() {
    if (talking != null) {
      talking.cancel(false);
    }
  }

  synchronized long said() {
    return said;
  }

  /** What she heard of the service's stream, at this moment. */
  synchronized <T> T heard(java.util.function.Function<FrameTally, T> ask) {
    return ask.apply(heard);
  }

  private synchronized void say() {
    alice.publish(NumberedFrames.pcm(STREAM, said++, 320));
  }

  private synchronized void onAudio(String identity, String track, AudioFrame frame) {
    long read = NumberedFrames.read(frame.toByteString());
    if (read >= 0) {
      heard.add(NumberedFrames.number(read), rig.millis());
    }
  }
}
