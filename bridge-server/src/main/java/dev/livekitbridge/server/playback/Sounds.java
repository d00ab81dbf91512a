package dev.livekitbridge.server.playback;

/** Where sound comes from. Safe for use by many threads. */
@FunctionalInterface
public interface Sounds {
  /**
   * Begins to fetch and decode. Never blocks and never throws: what goes wrong is the sound's
   * fault.
   *
   * @param url where it is, as the caller gave it
   * @param sampleRate of the samples it is to give, in Hz
   * @param onChange called when something of it has changed that someone may wait for: the first
   *     samples, more after it ran dry, its end; on any thread; returns at once
   */
  Sound open(String url, int sampleRate, Runnable onChange);
}
