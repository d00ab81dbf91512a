package dev.livekitbridge.examples.roomhost;

/**
 * What a listener of the room host heard on one track, frame by frame.
 *
 * @param identity who spoke
 * @param trackName on which track
 * @param frames how many frames, those beyond the arrays' reach included
 * @param bytes of PCM
 * @param heardAtMillis when each came, epoch milliseconds of the host
 * @param numbers what each carries, as {@link NumberedFrames#read} says
 */
@SuppressWarnings("ArrayRecordComponent") // a report, written once and read by one
public record HeardTrack(
    String identity,
    String trackName,
    long frames,
    long bytes,
    long[] heardAtMillis,
    long[] numbers) {}
