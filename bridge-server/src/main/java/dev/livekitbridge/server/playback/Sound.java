package dev.livekitbridge.server.playback;

import org.jspecify.annotations.Nullable;

/**
 * Sound that comes in while it plays: 16-bit mono at the rate that was asked for. Its methods never
 * block; one thread calls them at a time.
 */
public interface Sound {
  /** Duration that is not known, or not yet. */
  long UNKNOWN = -1;

  /** Whether the first byte of its file has come. */
  boolean reached();

  /** How many samples can be read now. */
  int available();

  /** Whether nothing more will become available. */
  boolean ended();

  /** Why it ended before its end; null otherwise. */
  @Nullable PlaybackFault fault();

  /** How long it sounds, as its file says, in nanoseconds, or {@link #UNKNOWN}. */
  long durationNanos();

  /** Reads at most so many samples; returns how many. */
  int read(short[] into, int offset, int most);

  /** Lets go of it, whatever it is doing. May be called more than once. */
  void close();

  /**
   * Whether it has let go of all it had, once closed: a thread in a name server comes back late.
   */
  boolean released();
}
