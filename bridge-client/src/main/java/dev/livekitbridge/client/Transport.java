package dev.livekitbridge.client;

import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.BridgeStatusResponse;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.LeaveRoomResponse;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.proto.StopAudioResponse;

/**
 * The seam between what the client decides and the network: gRPC in production, simulated in the
 * simulator. Nothing here blocks. Answers may come on any thread, also before the call returns.
 */
interface Transport extends AutoCloseable {
  /** A new connection to a bridge, made when the first call needs it. */
  Connection connect(String target);

  /** The same, to one that may show another name's certificate. */
  default Connection connect(BridgeAddress address) {
    return connect(address.target());
  }

  /** Ends all connections and frees threads, in bounded time. */
  @Override
  void close();

  /** One HTTP/2 connection to a bridge. Safe for use by many threads. */
  interface Connection {
    /** Whether it is up, so far as this end can tell; false also before the first call. */
    boolean isUp();

    /** Whether it has ever been up: if not, no call on it can have reached the bridge. */
    boolean wasUp();

    /** Begins a join; the call fails after the deadline. */
    Call join(JoinRoomRequest request, long deadlineNanos, Reply<JoinRoomResponse> reply);

    /** Begins to leave a room. */
    Call leave(LeaveRoomRequest request, long deadlineNanos, Reply<LeaveRoomResponse> reply);

    /** Asks whether the bridge is there. */
    Call health(long deadlineNanos, Reply<HealthCheckResponse> reply);

    /** Asks what the bridge knows of a user. */
    Call status(BridgeStatusRequest request, long deadlineNanos, Reply<BridgeStatusResponse> reply);

    /** Begins or joins a playback; its events come until the end of the call. */
    Call play(PlayAudioRequest request, EventListener<PlayAudioEvent> listener);

    /** Asks that a playback end. */
    Call stop(StopAudioRequest request, long deadlineNanos, Reply<StopAudioResponse> reply);

    /** Opens a stream of audio. */
    StreamCall stream(StreamListener listener);

    /** No new calls; those under way go on, then it ends. */
    void retire();

    /** Ends it and every call on it, at once. */
    void close();
  }

  /** A call with one answer. */
  interface Call {
    /** Gives it up. The reply may still come. */
    void cancel();
  }

  /** The answer of a call: one of the two, once. */
  interface Reply<T> {
    /** It came. */
    void onAnswer(T answer);

    /** It did not. */
    void onFailure(Failure failure);
  }

  /** The answers of a call that has many. Called one at a time. */
  interface EventListener<T> {
    /** One came. */
    void onEvent(T event);

    /** The call is over; the last call here. */
    void onEnd(Failure failure);
  }

  /** The sending side of a stream. Not thread-safe, but for {@link #cancel}. */
  interface StreamCall {
    /** Whether the transport takes a chunk without letting it wait. */
    boolean isReady();

    /** Hands a chunk over; waits in the transport if it is not ready. */
    void send(AudioChunk chunk);

    /** Lets so many more chunks come. */
    void request(int chunks);

    /** Says that no chunk follows. */
    void halfClose();

    /** Ends both sides at once. */
    void cancel(String why);
  }

  /** The receiving side of a stream. Called one at a time. */
  interface StreamListener {
    /** The transport became ready, at first and after it was not. */
    void onReady();

    /** A chunk came. */
    void onChunk(AudioChunk chunk);

    /** The stream is over; the last call. */
    void onEnd(Failure failure);
  }
}
