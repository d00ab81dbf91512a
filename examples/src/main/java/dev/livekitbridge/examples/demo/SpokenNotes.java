package dev.livekitbridge.examples.demo;

import dev.livekitbridge.examples.audio.Notes;

/**
 * Numbers as {@link Notes}, for sound that goes through a codec: half of the notes for each of two
 * runs of a service that follow each other. Follows them across losses of up to five seconds, and
 * across repetitions of up to a second.
 */
final class SpokenNotes {
  /** How long a number sounds. */
  static final int MILLIS = Notes.MILLIS;

  /** Frames of a number. */
  static final int FRAMES = MILLIS / DemoService.FRAME_MILLIS;

  private static final int ROUND = Notes.COUNT / 2;
  private static final int REPETITION = 10;

  private int run = 1;
  private int last = -1;

  /** The sound of frame 0, 1, 2 … of a run. */
  static byte[] pcm(int run, long frame, int samples) {
    int note = (int) (frame / FRAMES % ROUND) + run % 2 * ROUND;
    return Notes.pcm(note, (int) (frame % FRAMES) * samples, samples);
  }

  /** The number of a note that was heard, as {@link FrameFlow#number} makes it. */
  long heard(int note) {
    if (note / ROUND != run % 2) {
      run++;
      last = -1;
    }
    int ahead = Math.floorMod(note % ROUND - Math.max(0, last), ROUND);
    int step = last >= 0 && ahead >= ROUND - REPETITION ? ahead - ROUND : ahead;
    int number = Math.max(0, last) + step;
    // What comes again does not set the clock back: the next new one follows the highest.
    last = Math.max(last, number);
    return FrameFlow.number(run, Math.max(0, number));
  }
}
