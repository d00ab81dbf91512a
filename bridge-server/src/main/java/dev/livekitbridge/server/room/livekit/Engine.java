package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.server.room.livekit.net.EngineThreads;
import dev.livekitbridge.server.room.livekit.net.SocketHook;
import java.security.SecureRandom;

/**
 * What all rooms of a connector share.
 *
 * @param threads event loops and the pool for what blocks
 * @param time where time comes from
 * @param random for keys, passwords and ids
 * @param hook sees the media sockets; does nothing but in tests
 * @param options limits and times
 */
record Engine(
    EngineThreads threads,
    TimeSource time,
    SecureRandom random,
    SocketHook hook,
    LiveKitOptions options) {}
