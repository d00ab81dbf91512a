/**
 * Session descriptions (RFC 8866) as far as LiveKit speaks them (RFC 8829): reads the server's,
 * writes our offer of published audio and our answer to what it sends. Pure functions.
 */
@NullMarked
package dev.livekitbridge.server.room.livekit.sdp;

import org.jspecify.annotations.NullMarked;
