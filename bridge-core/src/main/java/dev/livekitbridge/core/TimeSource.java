package dev.livekitbridge.core;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Where time comes from. Main code reads no clock of its own, so that tests and simulations can run
 * on virtual time.
 */
public interface TimeSource {
  /**
   * Monotonic time, for durations and deadlines.
   *
   * @return nanoseconds since an arbitrary origin
   */
  long nanoTime();

  /**
   * Time of day, for time stamps on the wire.
   *
   * @return epoch milliseconds
   */
  long epochMillis();

  /**
   * The machine's clocks. For the roots of an application only.
   *
   * @return the real time
   */
  static TimeSource system() {
    LongSupplier ticker = System::nanoTime;
    InstantSource wall = InstantSource.system();
    return new TimeSource() {
      @Override
      public long nanoTime() {
        return ticker.getAsLong();
      }

      @Override
      public long epochMillis() {
        return wall.millis();
      }
    };
  }
}
