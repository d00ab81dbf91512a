package dev.livekitbridge.server.room.livekit.ice;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A packet to send.
 *
 * @param local the local candidate to send it from; for TCP, over a connection of this candidate to
 *     the remote address, opened if there is none
 * @param remote where to
 * @param packet a STUN message; the receiver of this record owns it
 */
public record Transmit(Candidate local, InetSocketAddress remote, ByteBuffer packet) {}
