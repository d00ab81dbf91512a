package dev.livekitbridge.examples.playmusic;

import dev.livekitbridge.core.AudioFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Somebody in the room: hears every track, each at its time, and remembers them mixed. */
final class Ear {
  static final int RATE = 16_000;
  // A frame that comes so far from where its track was goes to where it belongs in time.
  private static final int LEAP = RATE / 5;

  private final int[] mix;
  // When the first frame came.
  private long startNanos;
  private final Map<String, Integer> ends = new HashMap<>();

  Ear(int mostSeconds) {
    mix = new int[mostSeconds * RATE];
  }

  synchronized void hear(String identity, String track, AudioFrame frame) {
    if (ends.isEmpty()) {
      startNanos = System.nanoTime();
    }
    int now = (int) ((System.nanoTime() - startNanos) * RATE / 1_000_000_000L);
    int at = ends.getOrDefault(track, now);
    if (Math.abs(now - at) > LEAP) {
      at = now;
    }
    ByteBuffer pcm = frame.pcm().order(ByteOrder.LITTLE_ENDIAN);
    while (pcm.remaining() >= 2) {
      short sample = pcm.getShort();
      if (at < mix.length) {
        mix[at] += sample;
      }
      at++;
    }
    ends.put(track, at);
  }

  /** The tracks that were heard. */
  synchronized Set<String> tracks() {
    return Set.copyOf(ends.keySet());
  }

  /** All that was heard, as a WAV file. */
  synchronized byte[] recording() throws IOException {
    int length = Math.min(mix.length, ends.values().stream().max(Integer::compare).orElse(0));
    byte[] pcm = new byte[2 * length];
    for (int i = 0; i < length; i++) {
      int sample = Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, mix[i]));
      pcm[2 * i] = (byte) sample;
      pcm[2 * i + 1] = (byte) (sample >> 8);
    }
    return Sounds.wav(pcm, RATE, 1);
  }
}
