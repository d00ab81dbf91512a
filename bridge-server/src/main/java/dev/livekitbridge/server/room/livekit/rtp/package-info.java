/**
 * RTP, RTCP, SRTP and Opus audio as machines without I/O: packets and a time in; packets, sound and
 * deadlines out.
 */
@NullMarked
package dev.livekitbridge.server.room.livekit.rtp;

import org.jspecify.annotations.NullMarked;
