/**
 * ICE (RFC 8445) as a machine without I/O: datagrams and a time in; datagrams, a deadline and
 * events out.
 */
@NullMarked
package dev.livekitbridge.server.room.livekit.ice;

import org.jspecify.annotations.NullMarked;
