package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import java.util.Optional;

/** What a {@link ConnectionMachine} wants done, in the order of its list. */
sealed interface Action {
  /**
   * Try now: attach to the session of before where that may work, else join.
   *
   * @param number of the try in this outage, from 1
   * @param join whether an attach is out of the question
   * @param elsewhere whether another bridge than the one of before is wanted
   */
  record Connect(int number, boolean join, boolean elsewhere) implements Action {}

  /** Give up the call or stream of now, whatever it is. */
  record Abandon() implements Action {}

  /** The state changed. */
  record Changed(ConnectionState from, ConnectionState to, Optional<Fault> fault)
      implements Action {}

  /**
   * A stream is up again after a fault.
   *
   * @param fault the first of the outage
   * @param faultNanos when that was noticed
   * @param tries what it took
   */
  record Recovered(Fault fault, long faultNanos, int tries) implements Action {}

  /** No success for this long. */
  record Degraded(long sinceNanos, Optional<Fault> fault) implements Action {}

  /** It is over. */
  record Finished(CloseReason reason, String detail) implements Action {}
}
