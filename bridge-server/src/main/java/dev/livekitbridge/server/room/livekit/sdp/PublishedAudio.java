package dev.livekitbridge.server.room.livekit.sdp;

/**
 * An audio track in our offer.
 *
 * @param mid of its section
 * @param cid the id under which it was added by signalling
 * @param ssrc of its RTP stream
 * @param stereo whether it has two channels
 */
public record PublishedAudio(String mid, String cid, long ssrc, boolean stereo) {}
