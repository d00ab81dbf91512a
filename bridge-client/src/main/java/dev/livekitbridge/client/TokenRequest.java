package dev.livekitbridge.client;

/**
 * For what a token is wanted.
 *
 * @param userId whose session
 * @param roomName the room to join; empty if the request named none
 * @param identity identity that the bridge's participant should have in the room
 * @param bridge target of the bridge that will use it
 * @param attempt 1 for the first join of a session, then higher for each join after it
 */
public record TokenRequest(
    String userId, String roomName, String identity, String bridge, long attempt) {}
