package dev.livekitbridge.server.room.livekit.ice;

import java.time.Duration;

/**
 * The times of an agent.
 *
 * @param pacing Ta, between two new checks (RFC 8445 §14.2)
 * @param initialTimeout the least wait before a check is sent again (§14.3)
 * @param maxTransmissions of one check (Rc, RFC 8489 §6.2.1)
 * @param nominationWait how long, after a first pair works, better ones may still answer
 * @param connectTimeout from the peer's credentials to FAILED when no pair works
 * @param consentInterval between two consent checks, ±20 % (RFC 7675 §5.1; not below 5 s)
 * @param consentExpiry without an answer, consent is gone after this
 * @param disconnectedAfter silence of the peer until DISCONNECTED
 */
public record IceTimes(
    Duration pacing,
    Duration initialTimeout,
    int maxTransmissions,
    Duration nominationWait,
    Duration connectTimeout,
    Duration consentInterval,
    Duration consentExpiry,
    Duration disconnectedAfter) {
  /**
   * The RFCs' values, but 10 transmissions; 300 ms for nomination, 15 s to connect, 7 s to
   * DISCONNECTED.
   */
  public static final IceTimes DEFAULT =
      new IceTimes(
          Duration.ofMillis(50),
          Duration.ofMillis(500),
          10,
          Duration.ofMillis(300),
          Duration.ofSeconds(15),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(7));
}
