package dev.livekitbridge.client;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import dev.livekitbridge.core.AudioFrame;

/**
 * That a frame of the room came: whose, what it was and when. Two bridges in a room hear the same
 * data packets, and this is how they are known to be the same.
 *
 * @param source identity of who said it
 * @param hash of its samples
 * @param nanos when it came here
 */
record Heard(String source, long hash, long nanos) {
  private static final HashFunction HASH = Hashing.murmur3_128();

  static Heard of(AudioFrame frame, long nanos) {
    return new Heard(frame.source(), HASH.hashBytes(frame.pcm()).asLong(), nanos);
  }

  Heard later(long byNanos) {
    return new Heard(source, hash, nanos + byNanos);
  }
}
