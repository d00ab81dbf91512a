package dev.livekitbridge.examples.simulate;

/** The tracks that services speak on. */
final class Tracks {
  /** One more than the highest. */
  static final int COUNT = 3;

  /** The one that they speak on. */
  static final int SPOKEN = 2;

  private Tracks() {}

  /** Whether the simulation has such a track. */
  static boolean known(int track) {
    return track >= 0 && track < COUNT;
  }
}
