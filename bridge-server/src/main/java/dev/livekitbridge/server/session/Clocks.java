package dev.livekitbridge.server.session;

import com.google.common.base.Ticker;
import dev.livekitbridge.core.TimeSource;

/** Our clock in the shape that a library asks for. */
final class Clocks {
  private Clocks() {}

  static Ticker ticker(TimeSource time) {
    return new Ticker() {
      @Override
      public long read() {
        return time.nanoTime();
      }
    };
  }
}
