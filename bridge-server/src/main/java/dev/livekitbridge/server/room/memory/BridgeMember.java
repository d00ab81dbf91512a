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
  // Who spoke last, with whether they are heard: mostly the same one as before.
  private volatile @Nullable Speaker speaker;
  // Inside the mailbox only.
  private boolean silent;

  private record Speaker(String identity, boolean heard) {}

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
    if (hearsData && forwards(frame.source())) {
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

  // By identity first: the characters of a name are far away, and these are mostly the same.
  @SuppressWarnings("ReferenceEquality")
  private boolean forwards(String identity) {
    Speaker last = speaker;
    if (last == null || last.identity() != identity) {
      last = new Speaker(identity, join.forwards(identity));
      speaker = last;
    }
    return last.heard();
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
