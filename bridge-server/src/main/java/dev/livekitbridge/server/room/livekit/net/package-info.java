/**
 * The thin netty floor of the engine: WebSockets, UDP sockets and framed TCP connections on shared
 * event loops. Knows no protocol beyond the framing.
 */
@NullMarked
package dev.livekitbridge.server.room.livekit.net;

import org.jspecify.annotations.NullMarked;
