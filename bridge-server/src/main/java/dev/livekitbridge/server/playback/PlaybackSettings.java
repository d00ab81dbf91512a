package dev.livekitbridge.server.playback;

/**
 * Limits and times of playbacks. What each means and its default is said once, in {@code
 * PlaybackOptions}, which makes this.
 *
 * @param allowed what may be fetched although it is not public
 * @param maxPerSession playbacks at once in a session
 * @param maxPerServer and in the whole bridge
 * @param firstByteNanos from the request to the first byte
 * @param stallNanos without any sound, later
 * @param maxBytes of a file
 * @param maxLengthNanos of its sound
 */
public record PlaybackSettings(
    AllowList allowed,
    int maxPerSession,
    int maxPerServer,
    long firstByteNanos,
    long stallNanos,
    long maxBytes,
    long maxLengthNanos) {}
