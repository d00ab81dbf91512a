package dev.livekitbridge.examples.livecaptions;

import java.util.function.Consumer;

/**
 * The seam to a recogniser of speech: the one that you have, local or a service, goes behind this.
 */
@FunctionalInterface
public interface Recognizer {
  /**
   * Begins to listen to one speaker.
   *
   * @param speaker whose voice it is
   * @param captions takes what was understood, on any thread
   * @return takes the sound
   */
  Listening listen(String speaker, Consumer<Caption> captions);

  /** The sound of one speaker. Called by one thread at a time. */
  interface Listening extends AutoCloseable {
    /**
     * Sound in the order in which it was said.
     *
     * @param pcm PCM16 little-endian, 16 kHz, mono
     * @param atMillis when it was said, epoch milliseconds
     */
    void hear(byte[] pcm, long atMillis);

    /** Some of what was said did not come through: what follows does not go on from before. */
    void gap();

    /** No sound comes any more. */
    @Override
    void close();
  }
}
