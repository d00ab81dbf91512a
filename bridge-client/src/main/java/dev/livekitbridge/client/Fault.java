package dev.livekitbridge.client;

import dev.livekitbridge.core.CloseReason;
import java.util.Optional;

/**
 * Why a connection or a try ended. Programs decide on {@link #cause} and {@link #reason}, never on
 * the text.
 *
 * @param cause what kind of fault
 * @param reason the bridge's word, where it gave one
 * @param detail for people; holds no secret
 */
public record Fault(FaultCause cause, Optional<CloseReason> reason, String detail) {
  static Fault of(FaultCause cause, String detail) {
    return new Fault(cause, Optional.empty(), detail);
  }

  static Fault of(FaultCause cause, CloseReason reason, String detail) {
    return new Fault(cause, Optional.of(reason), detail);
  }

  /** The bridge's reason, else the cause: one word for a log. */
  String word() {
    return reason.map(CloseReason::name).orElseGet(cause::name);
  }
}
