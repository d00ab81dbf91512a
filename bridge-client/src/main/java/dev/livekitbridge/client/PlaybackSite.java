package dev.livekitbridge.client;

/**
 * The session at a bridge, as playbacks see it.
 *
 * @param generation another one when what played before is not there any more
 * @param ours whether the bridge keeps a playback whose call broke
 * @param windowNanos how long it keeps a session without a stream; 0: not at all
 */
record PlaybackSite(long generation, boolean ours, long windowNanos) {
  /** Whether a playback outlives its call. */
  boolean keeps() {
    return ours && windowNanos > 0;
  }
}
