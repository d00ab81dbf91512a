package dev.livekitbridge.server.room.livekit.ice;

import java.util.Random;

/** The 96 random bits that tie a STUN response to its request (RFC 8489 §5). */
record TransactionId(int high, long low) {
  static TransactionId random(Random random) {
    return new TransactionId(random.nextInt(), random.nextLong());
  }
}
