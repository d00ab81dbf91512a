package dev.livekitbridge.client;

import java.time.Duration;
import java.util.Optional;

/**
 * Too many reconnections.
 *
 * @param userId whose session; empty when it is about the client as a whole
 * @param count reconnections of the session, or sessions of the client that reconnected
 * @param outOf the limit for a session; the number of sessions for a client
 * @param window in which they were counted
 */
public record ReconnectAlert(Optional<String> userId, int count, int outOf, Duration window) {}
