package dev.livekitbridge.core;

import java.time.Duration;

/**
 * A session on the bridge at one moment. Holds no secret: the session is named by an alias.
 *
 * @param userId the user
 * @param alias a short public name of the session, as in the log
 * @param roomName the room
 * @param state where it is in its life
 * @param age since it was created
 * @param participantId identity of its participant in the room, empty before the join
 * @param participantCount participants in the room, itself included; 0 before the join
 * @param resumable whether it may outlive its stream
 * @param toClient frames from the room to the client
 * @param toRoom frames from the client to the room
 */
public record SessionSnapshot(
    String userId,
    String alias,
    String roomName,
    SessionState state,
    Duration age,
    String participantId,
    int participantCount,
    boolean resumable,
    FrameCounts toClient,
    FrameCounts toRoom) {}
