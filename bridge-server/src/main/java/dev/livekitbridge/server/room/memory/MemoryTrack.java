package dev.livekitbridge.server.room.memory;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.server.room.RoomTrack;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An audio track that someone publishes in a memory room. Safe for use by many threads. */
public final class MemoryTrack implements RoomTrack {
  private final Member publisher;
  private final String name;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private volatile boolean ended;

  MemoryTrack(Member publisher, String name) {
    this.publisher = publisher;
    this.name = name;
  }

  /**
   * The name under which the room sees it.
   *
   * @return such as {@code speaker}
   */
  public String name() {
    return name;
  }

  /** 16 kHz mono. */
  @Override
  public AudioFormat format() {
    return AudioFormat.VOICE;
  }

  @Override
  public CompletableFuture<Void> ready() {
    return ready.copy();
  }

  /**
   * Says a frame to everyone who hears this track now, on this thread. After the publisher left or
   * the track ended nobody hears it.
   *
   * @param frame 16 kHz mono
   * @throws IllegalArgumentException if it has another format
   */
  @Override
  public @Nullable DropCause write(AudioFrame frame) {
    if (!frame.format().equals(AudioFormat.VOICE)) {
      throw new IllegalArgumentException(
          "format: " + frame.format() + " (expected: " + AudioFormat.VOICE + ")");
    }
    if (ended || publisher.isGone()) {
      return DropCause.ROOM_LOST;
    }
    for (Member member : publisher.room.members()) {
      if (member != publisher) {
        member.hearTrack(this, frame);
      }
    }
    return null;
  }

  /** Ends the track; a new one of the same name may be published. */
  public void unpublish() {
    ended = true;
    publisher.unpublish(this);
  }

  Member publisher() {
    return publisher;
  }

  /** Whoever listens may have changed. */
  void checkReady() {
    if (ready.isDone()) {
      return;
    }
    for (Member member : publisher.room.members()) {
      if (member != publisher && member.hearsTracksOf(publisher)) {
        ready.complete(null);
        return;
      }
    }
  }
}
