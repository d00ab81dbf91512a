package dev.livekitbridge.server.room.livekit.sctp;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a data channel promises (RFC 8831 section 6.1, RFC 8832 section 5.1).
 *
 * @param label its name, at most 65,535 bytes of UTF-8
 * @param protocol the subprotocol, mostly empty
 * @param ordered whether messages arrive in the order in which they were sent
 * @param maxRetransmits how often a chunk is sent again before its message is given up; 0 means
 *     never, -1 no limit
 * @param maxLifetime how long a message is tried at most; null means no limit. Not together with
 *     maxRetransmits
 */
public record DataChannelConfig(
    String label,
    String protocol,
    boolean ordered,
    int maxRetransmits,
    @Nullable Duration maxLifetime) {

  /** Checks the values. */
  public DataChannelConfig {
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(protocol, "protocol");
    if (maxRetransmits < -1) {
      throw new IllegalArgumentException(
          "maxRetransmits: " + maxRetransmits + " (expected: >= -1)");
    }
    if (maxLifetime != null && (maxLifetime.isNegative() || maxRetransmits >= 0)) {
      throw new IllegalArgumentException(
          "maxLifetime: " + maxLifetime + " (expected: >= 0, and no maxRetransmits beside it)");
    }
  }

  /** All messages, in order. */
  public static DataChannelConfig reliable(String label) {
    return new DataChannelConfig(label, "", true, -1, null);
  }

  /** Messages in any order, each sent again at most so often. */
  public static DataChannelConfig lossy(String label, int maxRetransmits) {
    return new DataChannelConfig(label, "", false, maxRetransmits, null);
  }
}
