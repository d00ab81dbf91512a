package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.concurrent.Handover;
import dev.livekitbridge.core.trace.Trace;
import dev.livekitbridge.core.wire.TrackSequences;
import dev.livekitbridge.proto.AudioChunk;
import io.grpc.SynchronizationContext;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One StreamAudio call: turns frames, pings and acknowledgements into chunks, and brings what comes
 * back to its session's executor. All methods but those of the listener belong there.
 */
final class StreamAttempt implements Transport.StreamListener {
  /** Hears the stream, on the session's executor, until it is cancelled. */
  interface Owner {
    /** The transport takes chunks. */
    void onStreamReady(StreamAttempt stream);

    /** A chunk came. */
    void onStreamChunk(StreamAttempt stream, AudioChunk chunk, long nowNanos);

    /** It is over. */
    void onStreamEnd(StreamAttempt stream, Failure failure);
  }

  private static final int CREDIT = 64;
  private static final int TOP_UP = 32;

  private final BridgeConnection connection;
  private final boolean ours;
  private final SynchronizationContext sync;
  private final TimeSource time;
  private final Owner owner;
  // Every field it has is set anew for each frame; to clear it would allocate.
  private final AudioChunk.Builder audioChunk = AudioChunk.newBuilder();
  private final Handover<AudioChunk> arrivals;
  private final Runnable tellReady = this::tellReady;
  private Trace trace;
  private Transport.@Nullable StreamCall call;
  private int consumed;
  private boolean over;
  private boolean halfClosed;
  private boolean audio;
  private long firstAudioNanos;

  StreamAttempt(
      BridgeConnection connection,
      boolean ours,
      SynchronizationContext sync,
      TimeSource time,
      Trace trace,
      Owner owner) {
    this.connection = connection;
    this.ours = ours;
    this.sync = sync;
    this.time = time;
    this.owner = owner;
    this.trace = trace.set("bridge.target", connection.bridge().target());
    this.arrivals = new Handover<>(sync, this::take, () -> {});
  }

  /** Whether the bridge is one of ours: it numbers, acknowledges and answers pings. */
  boolean ours() {
    return ours;
  }

  BridgeConnection connection() {
    return connection;
  }

  boolean halfClosed() {
    return halfClosed;
  }

  /** Opens the call and sends the first chunk. */
  void start(AudioChunk first) {
    sync.throwIfNotInThisSynchronizationContext();
    trace.run(() -> open(first));
  }

  private void open(AudioChunk first) {
    Transport.StreamCall started = connection.stream(this);
    call = started;
    connection.answerDue(time.nanoTime());
    started.request(CREDIT);
    started.send(first);
  }

  /** It carries audio: what comes of it later is not about its opening. */
  void up() {
    trace.end();
    trace = Trace.NONE;
  }

  boolean isReady() {
    Transport.StreamCall c = call;
    return c != null && !over && !halfClosed && c.isReady();
  }

  /** Sends audio; {@code acknowledged} is empty where none is due. */
  void sendAudio(AudioFrame frame, long sequence, Map<Integer, Long> acknowledged, long nowNanos) {
    AudioChunk.Builder chunk =
        acknowledged.isEmpty()
            ? audioChunk
            : AudioChunk.newBuilder().addAllAcknowledged(TrackSequences.list(acknowledged));
    chunk
        .setPcmData(frame.toByteString())
        .setSampleRate(frame.format().sampleRate())
        .setChannels(frame.format().channels())
        .setTimestampMs(frame.timestampMillis())
        .setTrackId(frame.track().value());
    if (ours) {
      chunk.setSequence(sequence);
      connection.answerDue(nowNanos);
    }
    noteAudio(nowNanos);
    send(chunk);
  }

  /** What went or came until now was not heard: the session goes on here only now. */
  void forgetAudio() {
    audio = false;
  }

  /** When the first frame went or came; empty before. */
  Optional<Long> firstAudioNanos() {
    return audio ? Optional.of(firstAudioNanos) : Optional.empty();
  }

  /** Sends a heartbeat; with a ping towards our bridges. */
  void sendHeartbeat(long ping, Map<Integer, Long> acknowledged) {
    AudioChunk.Builder chunk = mark();
    if (ours) {
      chunk.setPing(ping).addAllAcknowledged(TrackSequences.list(acknowledged));
      connection.answerDue(time.nanoTime());
    }
    send(chunk);
  }

  /** Sends an acknowledgement alone. */
  void sendAcknowledgement(Map<Integer, Long> acknowledged) {
    send(mark().addAllAcknowledged(TrackSequences.list(acknowledged)));
  }

  /** Answers a ping of the bridge. */
  void sendPong(long number) {
    send(mark().setPong(number));
  }

  /** No chunk follows; the bridge plays out what it has and ends the stream. */
  void halfClose() {
    Transport.StreamCall c = call;
    if (c != null && !over && !halfClosed) {
      halfClosed = true;
      c.halfClose();
    }
  }

  /** Ends it; the owner hears no more of it. */
  void cancel(String why) {
    Transport.StreamCall c = call;
    if (!over) {
      over = true;
      trace.fail(SessionTrace.GIVEN_UP);
      if (c != null) {
        c.cancel(why);
      }
    }
  }

  @Override
  public void onReady() {
    sync.execute(tellReady);
  }

  @Override
  public void onChunk(AudioChunk came) {
    arrivals.add(came);
  }

  @Override
  public void onEnd(Failure failure) {
    sync.execute(
        () -> {
          if (!over) {
            over = true;
            trace.fail(failure.fault().word());
            owner.onStreamEnd(this, failure);
          }
        });
  }

  private void tellReady() {
    if (!over) {
      connection.heard(time.nanoTime());
      owner.onStreamReady(this);
    }
  }

  private void take(AudioChunk came) {
    if (over) {
      return;
    }
    long now = time.nanoTime();
    if (!came.getPcmData().isEmpty()) {
      connection.roomAudio(now);
      noteAudio(now);
    }
    if (came.getPcmData().isEmpty() || came.getAcknowledgedCount() > 0) {
      connection.answered(now);
    }
    owner.onStreamChunk(this, came, now);
    Transport.StreamCall c = call;
    if (++consumed == TOP_UP && c != null) {
      consumed = 0;
      c.request(TOP_UP);
    }
  }

  private void noteAudio(long now) {
    if (!audio) {
      audio = true;
      firstAudioNanos = now;
    }
  }

  private AudioChunk.Builder mark() {
    return AudioChunk.newBuilder()
        .setSampleRate(16_000)
        .setChannels(1)
        .setTimestampMs(time.epochMillis());
  }

  private void send(AudioChunk.Builder chunk) {
    Transport.StreamCall c = call;
    if (c != null && !over && !halfClosed) {
      c.send(chunk.build());
    }
  }
}
