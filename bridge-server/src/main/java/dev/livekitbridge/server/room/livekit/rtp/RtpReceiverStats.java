package dev.livekitbridge.server.room.livekit.rtp;

/**
 * How a stream has come through so far.
 *
 * @param packets received
 * @param latePackets came after their time
 * @param skippedPackets were dropped because too many waited
 * @param undecodable payloads that were no Opus
 * @param concealedMillis sound made up for what was missing
 * @param shortenedMillis taken out to catch up
 * @param lengthenedMillis put in to wait longer
 * @param bufferedMillis waits now
 * @param targetMillis should wait, as the jitter asks for
 */
public record RtpReceiverStats(
    long packets,
    long latePackets,
    long skippedPackets,
    long undecodable,
    long concealedMillis,
    long shortenedMillis,
    long lengthenedMillis,
    long bufferedMillis,
    long targetMillis) {}
