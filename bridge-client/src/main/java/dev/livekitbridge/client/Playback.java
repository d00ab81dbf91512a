package dev.livekitbridge.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Something that plays, or played, into the room of a session. Safe for use by many threads; no
 * method here waits.
 *
 * <p>Towards our bridges a playback belongs to the session: it goes on while the service is away,
 * and is found again when the session is. When the session is lost with its bridge, or moves to
 * another one, the playback has failed; how much was played is known, and nothing begins anew by
 * itself.
 */
public interface Playback {
  /**
   * Its name.
   *
   * @return as in the request, or random
   */
  String requestId();

  /**
   * How much was played.
   *
   * @return as the bridge told last: up to 500 ms old; zero before it started
   */
  Duration position();

  /**
   * How long the whole is.
   *
   * @return empty before it started, and where the bridge does not know
   */
  Optional<Duration> duration();

  /**
   * Stops it: the sound ends within 100 ms once the bridge hears of it. A bridge that is away now
   * is told when it is back, if the sound is still there. Does nothing when it is over.
   */
  void stop();

  /**
   * When it is over, after its last event.
   *
   * @return completes with the result, on the session's executor. A playback that failed or was
   *     stopped is a result as well: this never completes with an exception, nor is never completed
   */
  CompletableFuture<PlaybackResult> completion();
}
