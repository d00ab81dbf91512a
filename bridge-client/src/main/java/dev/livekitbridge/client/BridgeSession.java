package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * One user's audio, to and from a room. Safe for use by many threads at once; no method here waits
 * for the network, but for {@link #close}.
 */
public interface BridgeSession extends AutoCloseable {
  /**
   * Whose session it is.
   *
   * @return the user of the request
   */
  String userId();

  /**
   * Sends a frame to the room. Never blocks and never throws for a network reason. Frames of one
   * track keep the order in which one thread sent them.
   *
   * @param frame of a track; at most {@value SessionRequest#MAX_TRACKS} different tracks in a
   *     session
   * @return what became of it. After {@link #close} that is {@link SendResult#DROPPED}, not an
   *     exception
   * @throws IllegalArgumentException if it is of one track too many
   */
  SendResult send(AudioFrame frame);

  /**
   * Says that a frame is dealt with for good, and every frame that {@code onAudio} was given before
   * it: the bridge may forget them. What is not acknowledged when this process dies comes again to
   * the one that takes the session over. Costs nothing at the bridge by itself: the acknowledgement
   * goes with the next frame, at the latest after 100 ms or 10 frames. Any thread.
   *
   * <p>A bridge keeps 15 s or 1,500 frames by default. Of what stays unacknowledged for longer, the
   * oldest goes, counted as {@link dev.livekitbridge.core.DropCause#SLOW_CONSUMER}.
   *
   * @param frame the very object that {@code onAudio} was given; one that is acknowledged already,
   *     or was given up, changes nothing
   * @throws IllegalStateException if the request did not ask for {@link
   *     SessionRequest.Builder#acknowledgeByHand}
   */
  void acknowledge(AudioFrame frame);

  /**
   * Plays a file into the room; the bridge fetches it. Returns at once. Where the session is not
   * connected, it begins when it is. What {@link #send} brings on the same track is heard with it.
   *
   * @param request what, where and how loud
   * @return the playback, on its way. In a session that is over it has ended already
   * @throws IllegalArgumentException if a playback of the same {@linkplain
   *     PlayRequest.Builder#requestId request id} is not over yet
   */
  Playback play(PlayRequest request);

  /**
   * Stops whatever plays in the session, on every track; also what a process of before had begun.
   */
  void stopPlaybacks();

  /**
   * Stops what plays on a track; also what a process of before had begun.
   *
   * @param track of the room. A bridge of the first table takes {@link TrackId#SPEAKER} for every
   *     track
   */
  void stopPlaybacks(TrackId track);

  /**
   * Where the session stands.
   *
   * @return the state of now
   */
  ConnectionState state();

  /**
   * The books.
   *
   * @return exact numbers, all of one moment
   */
  SessionStats stats();

  /**
   * Tries at once. Where the session waits for its next try, the wait ends. Where it is connected,
   * its stream is opened afresh; audio is kept meanwhile. When closed, nothing happens.
   */
  void reconnectNow();

  /**
   * When the session is over.
   *
   * @return completes with the reason, {@link CloseReason#LEFT} after {@link #close}
   */
  CompletionStage<CloseReason> closed();

  /**
   * Closes as {@link #close(Duration)} with 5 s.
   *
   * @see #close(Duration)
   */
  @Override
  void close();

  /**
   * Ends the session: what was accepted plays out, the room is left. Waits for it, but no longer
   * than told; what is not delivered by then is dropped and counted. Called again, it only waits.
   * On a thread of the session itself (an executor that runs callbacks directly) it does not wait.
   *
   * @param atMost how long to let audio play out; zero leaves at once
   */
  void close(Duration atMost);

  /**
   * Begins what {@link #close(Duration)} does, and returns at once: for callers that must not wait.
   *
   * @param atMost how long to let audio play out; zero leaves at once
   * @return as {@link #closed}
   */
  CompletionStage<CloseReason> beginClose(Duration atMost);
}
