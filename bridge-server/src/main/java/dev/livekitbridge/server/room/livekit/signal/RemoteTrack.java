package dev.livekitbridge.server.room.livekit.signal;

/**
 * A track of another participant.
 *
 * @param sid its id in the room
 * @param name as its publisher named it
 * @param audio whether it is audio
 * @param muted whether its publisher has muted it
 */
public record RemoteTrack(String sid, String name, boolean audio, boolean muted) {}
