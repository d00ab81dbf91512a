package dev.livekitbridge.examples.bench.playback;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.examples.bench.figures.Samples;

/** When the frames of one track come to its room. Safe for use by two threads. */
final class RoomPace {
  private final Samples jitter = new Samples("jitter");
  private boolean measuring;
  private boolean begun;
  private long placeNanos;
  private long lastNanos;
  private long lastLength;
  private long frames;
  private long late;

  synchronized void measure() {
    measuring = true;
    begun = false;
  }

  /**
   * A frame came. Jitter is how far the time since the frame before is from that frame's length; a
   * frame is late that comes more than its own length after its place in real time.
   */
  synchronized void onFrame(AudioFrame frame, long nowNanos) {
    if (!measuring) {
      return;
    }
    long length = frame.durationNanos();
    if (!begun) {
      begun = true;
      placeNanos = nowNanos;
    } else {
      frames++;
      jitter.addNanos(Math.abs(nowNanos - lastNanos - lastLength));
      if (nowNanos - placeNanos > length) {
        late++;
      }
    }
    placeNanos += length;
    lastNanos = nowNanos;
    lastLength = length;
  }

  synchronized void end() {
    measuring = false;
  }

  synchronized long frames() {
    return frames;
  }

  synchronized long late() {
    return late;
  }

  synchronized void addTo(Samples all) {
    jitter.millis().forEach(millis -> all.addNanos((long) (millis * 1e6)));
  }
}
