package dev.livekitbridge.server.room.memory;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A foreign participant that one can script: it speaks, hears, sees who is there, and leaves. Safe
 * for use by many threads. Its handlers run one at a time, on the thread of whoever caused the
 * event, never under a lock; what they throw is logged.
 */
public final class MemoryParticipant {
  private final MemoryRooms rooms;
  private final Self self;
  private volatile @Nullable TrackListener audioHandler;
  private volatile @Nullable IntConsumer participantsHandler;
  private volatile @Nullable BiConsumer<CloseReason, String> disconnectedHandler;
  private volatile boolean subscribed = true;

  MemoryParticipant(MemoryRooms rooms, String identity, RoomState room) {
    this.rooms = rooms;
    this.self = new Self(identity, room);
  }

  /**
   * Who it is.
   *
   * @return unique in the room
   */
  public String identity() {
    return self.identity;
  }

  /**
   * Sends a data packet of PCM16 16 kHz mono to the room, with a copy of the samples.
   *
   * @param pcm an odd length loses its first byte, as on a LiveKit bridge; what is then empty is
   *     skipped
   */
  public void publish(byte[] pcm) {
    publish(ByteString.copyFrom(pcm));
  }

  /**
   * Sends a data packet of PCM16 16 kHz mono to the room, without a copy.
   *
   * @param pcm an odd length loses its first byte, as on a LiveKit bridge; what is then empty is
   *     skipped
   */
  public void publish(ByteString pcm) {
    ByteString whole = pcm.size() % 2 == 0 ? pcm : pcm.substring(1);
    if (whole.isEmpty() || self.isGone()) {
      return;
    }
    AudioFrame frame =
        AudioFrame.received(
            whole,
            AudioFormat.VOICE,
            TrackId.SPEAKER,
            rooms.time().epochMillis(),
            0,
            self.identity);
    for (Member member : self.room.members()) {
      if (member != self) {
        member.hearData(frame);
      }
    }
  }

  /**
   * Publishes an audio track, or gives the one of that name.
   *
   * @param name as the room sees it
   * @return the track, which takes 16 kHz mono
   */
  public MemoryTrack publishTrack(String name) {
    return self.publishTrack(name);
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
   * @param handler gets how many are in the room, this one included; takes the place of the one
   *     before
   */
  public void onParticipants(IntConsumer handler) {
    participantsHandler = handler;
  }

  /**
   * Is told when it is taken out of the room by someone else.
   *
   * @param handler gets the reason, and a text for people; takes the place of the one before
   */
  public void onDisconnected(BiConsumer<CloseReason, String> handler) {
    disconnectedHandler = handler;
  }

  /**
   * Whether it subscribes to the tracks of others. While nobody does, a bridge's track is not
   * ready.
   *
   * @param subscribe true at first
   */
  public void subscribe(boolean subscribe) {
    subscribed = subscribe;
    self.room.checkTracksReady();
  }

  /**
   * Who is in the room.
   *
   * @return everyone, this one included
   */
  public List<ParticipantInfo> participants() {
    return MemoryRooms.infos(self.room);
  }

  /**
   * Whether it is in the room.
   *
   * @return false once it left or was taken out
   */
  public boolean isJoined() {
    return !self.isGone();
  }

  /** Leaves the room. A handler that runs on another thread may still end its call. */
  public void leave() {
    rooms.remove(self);
  }

  Member member() {
    return self;
  }

  private final class Self extends Member {
    Self(String identity, RoomState room) {
      super(identity, ParticipantInfo.Kind.FOREIGN, room);
    }

    @Override
    boolean hearsTracksOf(Member publisher) {
      return subscribed;
    }

    @Override
    void hearData(AudioFrame frame) {
      // Data packets are meant for bridges.
    }

    @Override
    void hearTrack(MemoryTrack track, AudioFrame frame) {
      if (!subscribed || audioHandler == null) {
        return;
      }
      if (!mailbox.tryEnter()) {
        mailbox.post(() -> deliver(track, frame));
        return;
      }
      try {
        deliver(track, frame);
      } catch (RuntimeException | Error thrown) {
        Mailbox.failed(thrown);
      } finally {
        mailbox.exit();
      }
    }

    @Override
    void participantsChanged() {
      mailbox.post(
          () -> {
            IntConsumer handler = participantsHandler;
            if (handler != null && !isGone()) {
              handler.accept(room.members().length);
            }
          });
    }

    @Override
    void disconnected(CloseReason reason, String detail) {
      mailbox.post(
          () -> {
            BiConsumer<CloseReason, String> handler = disconnectedHandler;
            if (handler != null) {
              handler.accept(reason, detail);
            }
          });
    }

    private void deliver(MemoryTrack track, AudioFrame frame) {
      TrackListener handler = audioHandler;
      if (handler != null && !isGone()) {
        handler.onAudio(track.publisher().identity, track.name(), frame);
      }
    }
  }
}
