package dev.livekitbridge.server.room.memory;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.Room;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.RoomListener;
import dev.livekitbridge.server.room.RoomTrack;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A bridge's participant. */
final class BridgeMember extends Member implements Room {
  private final RoomJoin join;
  private final RoomListener listener;
  private final MemoryConnector connector;
  private final boolean hearsData;
  private final boolean hearsTracks;
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  // Inside the mailbox only.
  private boolean silent;

  BridgeMember(
      String identity,
      RoomState room,
      RoomJoin join,
      RoomListener listener,
      MemoryConnector connector) {
    super(identity, ParticipantInfo.Kind.BRIDGE, room);
    this.join = join;
    this.listener = listener;
    this.connector = connector;
    this.hearsData = join.audioInput() != AudioInput.AUDIO_TRACKS;
    this.hearsTracks =
        join.audioInput() == AudioInput.AUDIO_TRACKS || join.audioInput() == AudioInput.BOTH;
  }

  /** As equality: of this one only; the same in every run, and with it the order in sets. */
  @Override
  public int hashCode() {
    return identity.hashCode();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public String participantId() {
    return identity;
  }

  @Override
  public int participantCount() {
    return room.members().length;
  }

  @Override
  public RoomTrack publish(TrackId track, int channels) {
    // Whoever listens here is given mono.
    return publishTrack(track.trackName());
  }

  @Override
  public CompletableFuture<Void> leave(CloseReason reason) {
    connector.remove(this);
    mailbox.post(this::fallSilent);
    return left.copy();
  }

  @Override
  boolean hearsTracksOf(Member publisher) {
    return hearsTracks && join.forwards(publisher.identity);
  }

  @Override
  void hearData(AudioFrame frame) {
    if (hearsData && join.forwards(frame.source())) {
      hear(frame);
    }
  }

  @Override
  void hearTrack(MemoryTrack track, AudioFrame frame) {
    Member publisher = track.publisher();
    if (hearsTracksOf(publisher)) {
      hear(
          AudioFrame.received(
              frame.toByteString(),
              frame.format(),
              TrackId.SPEAKER,
              frame.timestampMillis(),
              0,
              publisher.identity));
    }
  }

  @Override
  void participantsChanged() {
    mailbox.post(
        () -> {
          if (!silent) {
            listener.onParticipants(participantCount());
          }
        });
  }

  @Override
  void disconnected(CloseReason reason, String detail) {
    connector.forget(this);
    mailbox.post(
        () -> {
          if (!silent) {
            silent = true;
            try {
              listener.onDisconnected(reason, detail);
            } finally {
              left.complete(null);
            }
          }
        });
  }

  private void fallSilent() {
    silent = true;
    left.complete(null);
  }

  private void hear(AudioFrame frame) {
    if (!mailbox.tryEnter()) {
      mailbox.post(() -> deliver(frame));
      return;
    }
    try {
      deliver(frame);
    } catch (RuntimeException | Error thrown) {
      Mailbox.failed(thrown);
    } finally {
      mailbox.exit();
    }
  }

  private void deliver(AudioFrame frame) {
    if (!silent) {
      listener.onFrame(frame);
    }
  }
}
