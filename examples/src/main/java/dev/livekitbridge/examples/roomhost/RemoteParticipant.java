package dev.livekitbridge.examples.roomhost;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.examples.roomhost.proto.FromRoom;
import dev.livekitbridge.examples.roomhost.proto.ToRoom;
import dev.livekitbridge.server.room.RoomTrack;
import dev.livekitbridge.server.room.memory.TrackListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A foreign participant of a room on a room host, driven by this process: it is in the room as long
 * as its stream lives. Safe for use by many threads; handlers run one at a time on the client's
 * thread and must return at once.
 */
public final class RemoteParticipant implements AutoCloseable {
  private final Stream stream;
  private volatile @Nullable TrackListener audioHandler;
  private volatile @Nullable IntConsumer participantsHandler;
  private volatile @Nullable BiConsumer<CloseReason, String> disconnectedHandler;

  RemoteParticipant(String who, ScheduledExecutorService scheduler) {
    this.stream = new Stream(who, scheduler);
  }

  HostStream stream() {
    return stream;
  }

  /**
   * Who it is.
   *
   * @return its identity
   */
  public String identity() {
    return stream.identity();
  }

  /**
   * How many are in the room.
   *
   * @return this one included
   */
  public int participantCount() {
    return stream.participants();
  }

  /**
   * Sends a data packet.
   *
   * @param pcm PCM16 16 kHz mono; an odd length loses its first byte, empty is skipped
   */
  public void publish(byte[] pcm) {
    if (pcm.length > 0) {
      stream.send(ToRoom.newBuilder().setPcm(ByteString.copyFrom(pcm)).build());
    }
  }

  /**
   * Publishes an audio track. Call it once for each track.
   *
   * @param name as the room sees it
   * @return the track, which takes 16 kHz mono
   */
  public RoomTrack publishTrack(String name) {
    return stream.publish(0, name);
  }

  /**
   * Hears the tracks of all others from now on.
   *
   * @param handler takes the place of the one before
   */
  public void onAudio(TrackListener handler) {
    audioHandler = handler;
  }

  /**
   * Is told when others come and go.
   *
   * @param handler gets how many are in the room; takes the place of the one before
   */
  public void onParticipants(IntConsumer handler) {
    participantsHandler = handler;
  }

  /**
   * Is told when it is taken out, or the host is gone.
   *
   * @param handler gets the reason, and a text for people; takes the place of the one before
   */
  public void onDisconnected(BiConsumer<CloseReason, String> handler) {
    disconnectedHandler = handler;
  }

  /**
   * Leaves the room.
   *
   * @return completes when it is out
   */
  public CompletableFuture<Void> leave() {
    return stream.leave();
  }

  /** Begins to leave. */
  @Override
  public void close() {
    stream.leave();
  }

  private final class Stream extends HostStream {
    Stream(String who, ScheduledExecutorService scheduler) {
      super(who, scheduler);
    }

    @Override
    void heard(FromRoom message) {
      TrackListener handler = audioHandler;
      if (handler != null) {
        AudioFrame frame = Messages.frame(message);
        handler.onAudio(message.getSource(), message.getTrackName(), frame);
      }
    }

    @Override
    void participantsChanged(int count) {
      IntConsumer handler = participantsHandler;
      if (handler != null) {
        handler.accept(count);
      }
    }

    @Override
    void disconnected(CloseReason reason, String detail) {
      BiConsumer<CloseReason, String> handler = disconnectedHandler;
      if (handler != null) {
        handler.accept(reason, detail);
      }
    }

    @Override
    void gone() {}
  }
}
