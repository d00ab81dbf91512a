/**
 * Real LiveKit rooms: a participant in pure Java. The machines beneath (signal, sdp, ice, dtls,
 * sctp, rtp) know nothing of each other, of sockets or of time; this package wires them to the
 * netty floor. All of a room's state lives on one event loop.
 */
@NullMarked
package dev.livekitbridge.server.room.livekit;

import org.jspecify.annotations.NullMarked;
