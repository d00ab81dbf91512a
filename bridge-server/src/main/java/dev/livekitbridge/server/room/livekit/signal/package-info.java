/**
 * LiveKit's signalling (protocol 16) as a machine without I/O: bytes and a time in; bytes, events
 * and the next deadline out. The only place of the engine that knows LiveKit's protobufs.
 */
@NullMarked
package dev.livekitbridge.server.room.livekit.signal;

import org.jspecify.annotations.NullMarked;
