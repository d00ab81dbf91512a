package dev.livekitbridge.examples.audio;

import com.google.protobuf.ByteString;

/**
 * Listens to a track for {@link Notes}, in steps of 10 ms. A note counts when it was heard clearly
 * for a fifth of its length, and again when another was heard between. Not thread-safe.
 */
public final class NoteListener {
  private static final int STEP = Notes.WINDOW / 2;
  private static final int CLEAR_STEPS = 2;

  /** Hears notes. */
  @FunctionalInterface
  public interface Sink {
    /**
     * A note began.
     *
     * @param note 0 to 127
     */
    void heard(int note);
  }

  private final Sink sink;
  private final short[] window = new short[Notes.WINDOW];
  private int filled;
  private int candidate = Notes.NONE;
  private int steps;
  private int told = Notes.NONE;

  /**
   * A listener that has heard nothing.
   *
   * @param sink hears each note
   */
  public NoteListener(Sink sink) {
    this.sink = sink;
  }

  /**
   * Takes what was heard.
   *
   * @param pcm PCM16 little-endian, 16 kHz mono
   */
  public void accept(ByteString pcm) {
    for (int i = 0; i + 1 < pcm.size(); i += 2) {
      window[filled++] = (short) ((pcm.byteAt(i) & 0xFF) | pcm.byteAt(i + 1) << 8);
      if (filled == window.length) {
        step(Notes.read(window, 0));
        System.arraycopy(window, STEP, window, 0, window.length - STEP);
        filled = window.length - STEP;
      }
    }
  }

  private void step(int note) {
    steps = note == candidate ? steps + 1 : 1;
    candidate = note;
    if (steps >= CLEAR_STEPS && note != Notes.NONE && note != told) {
      told = note;
      sink.heard(note);
    }
  }
}
