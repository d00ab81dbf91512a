package dev.livekitbridge.server.room.livekit.sdp;

/**
 * An audio track that the server sends.
 *
 * @param mid of its section
 * @param ssrc of its RTP stream
 * @param trackSid the track's id in the room
 * @param payloadType of Opus
 */
public record RemoteAudio(String mid, long ssrc, String trackSid, int payloadType) {}
