package dev.livekitbridge.examples.roomhost;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryTrack;
import org.jspecify.annotations.Nullable;

/**
 * A participant of the host that speaks at the pace of real time: after a pause of the host it says
 * what is due, so that nothing is missing. It writes down when it said what.
 */
final class Speaker {
  private final MemoryParticipant participant;
  private final @Nullable MemoryTrack track;
  private final FrameSource source;
  private final long frameNanos;
  private final long frames;
  private final TimeSource time;
  private final long startNanos;
  private long said;
  // Guarded by itself.
  private final LongLog saidAtMillis = new LongLog();

  /**
   * A speaker whose first frame is due now.
   *
   * @param track where it speaks; null for data packets
   * @param frames how many, or 0 for no end
   */
  Speaker(
      MemoryParticipant participant,
      @Nullable MemoryTrack track,
      FrameSource source,
      long frameNanos,
      long frames,
      TimeSource time) {
    this.participant = participant;
    this.track = track;
    this.source = source;
    this.frameNanos = frameNanos;
    this.frames = frames;
    this.time = time;
    this.startNanos = time.nanoTime();
  }

  /** Says what is due. Called by one thread. */
  void speak() {
    long due = (time.nanoTime() - startNanos) / frameNanos + 1;
    long end = frames == 0 ? due : Math.min(due, frames);
    while (said < end && participant.isJoined()) {
      say(++said);
    }
  }

  /** Whether it will say nothing more. */
  boolean isFinished() {
    return !participant.isJoined() || (frames != 0 && said >= frames);
  }

  /** When frame 1, 2, 3 … was said, epoch milliseconds. */
  long[] saidAtMillis() {
    synchronized (saidAtMillis) {
      return saidAtMillis.toArray();
    }
  }

  private void say(long number) {
    ByteString pcm = source.frame(number);
    long nowMillis = time.epochMillis();
    synchronized (saidAtMillis) {
      saidAtMillis.add(nowMillis);
    }
    if (track == null) {
      participant.publish(pcm);
    } else {
      track.write(AudioFrame.received(pcm, AudioFormat.VOICE, TrackId.SPEAKER, nowMillis, 0, ""));
    }
  }
}
