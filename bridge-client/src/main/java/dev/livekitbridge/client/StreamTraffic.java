package dev.livekitbridge.client;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes over a stream that is up: audio, acknowledgements, heartbeats and the bridge's marks.
 * Confined to the session's executor.
 */
final class StreamTraffic {
  private final TimeSource time;
  private final FrameSender sender;
  private final FrameReceiver receiver;
  private final SessionBooks books;
  private final Heartbeat heartbeat;

  StreamTraffic(
      TimeSource time,
      FrameSender sender,
      FrameReceiver receiver,
      SessionBooks books,
      long heartbeatNanos) {
    this.time = time;
    this.sender = sender;
    this.receiver = receiver;
    this.books = books;
    this.heartbeat = new Heartbeat(heartbeatNanos);
  }

  /** The stream is up; the bridge has dealt with so much. What is kept goes out. */
  void begin(StreamAttempt stream, Map<Integer, Long> acknowledged) {
    heartbeat.start(time.nanoTime());
    if (stream.ours()) {
      sender.attachSame(stream, acknowledged);
    } else {
      sender.attachPlain(stream);
    }
  }

  /** A chunk came on a stream that is up. Returns what is wrong with it, or null. */
  @Nullable String onChunk(StreamAttempt stream, AudioChunk chunk, long now) {
    if (stream.ours() && chunk.getAcknowledgedCount() > 0) {
      sender.acknowledge(TrackSequences.map(chunk.getAcknowledgedList()));
    }
    if (chunk.getPcmData().isEmpty()) {
      if (stream.ours()) {
        onMark(stream, chunk, now);
      }
      return null;
    }
    if (!receiver.onAudio(chunk, now)) {
      return "the bridge sent audio without a track or a sequence";
    }
    books.audio(stream);
    acknowledgeIfDue(stream, now);
    return null;
  }

  /** How long the bridge has left, where a chunk says so; zero if it does not. */
  static Duration drain(AudioChunk chunk) {
    return chunk.getDrainMs() > 0 ? Duration.ofMillis(chunk.getDrainMs()) : Duration.ZERO;
  }

  void acknowledgeIfDue(StreamAttempt stream, long now) {
    Map<Integer, Long> acknowledged = receiver.acknowledgementIfDue(now);
    if (!acknowledged.isEmpty()) {
      stream.sendAcknowledgement(acknowledged);
    }
  }

  /** Asks for a sign of life. */
  void ping(StreamAttempt stream) {
    stream.sendHeartbeat(heartbeat.ping(time.nanoTime()), receiver.acknowledgement());
  }

  /** Sends a heartbeat if one is due. Returns false if they are not answered any more. */
  boolean beat(StreamAttempt stream, long now) {
    if (stream.ours() && heartbeat.timedOut(now)) {
      return false;
    }
    if (heartbeat.due(now)) {
      if (stream.ours()) {
        ping(stream);
      } else {
        heartbeat.sent(now);
        stream.sendHeartbeat(0, Map.of());
      }
    }
    return true;
  }

  long nanosToBeat(long now) {
    return heartbeat.nanosToNext(now);
  }

  /** If all was handed over: acknowledges what was heard, and says that nothing follows. */
  void halfCloseIfFlushed(StreamAttempt stream) {
    if (sender.flushed() && !stream.halfClosed()) {
      receiver.collect(time.nanoTime());
      Map<Integer, Long> acknowledged = receiver.acknowledgement();
      if (!acknowledged.isEmpty()) {
        stream.sendAcknowledgement(acknowledged);
      }
      stream.halfClose();
    }
  }

  private void onMark(StreamAttempt stream, AudioChunk chunk, long now) {
    receiver.alive(now);
    if (chunk.getPong() != 0) {
      books.roundTrip(heartbeat.pong(chunk.getPong(), now));
    }
    if (chunk.getPing() != 0) {
      stream.sendPong(chunk.getPing());
    }
  }
}
