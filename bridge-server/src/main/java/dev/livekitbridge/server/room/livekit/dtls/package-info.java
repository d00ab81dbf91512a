/**
 * DTLS 1.2 (RFC 6347) by BouncyCastle, with SRTP keys (RFC 5764) and checked fingerprints (RFC
 * 8122). The handshake blocks and runs on a pool; what follows runs where the caller calls.
 */
@NullMarked
package dev.livekitbridge.server.room.livekit.dtls;

import org.jspecify.annotations.NullMarked;
