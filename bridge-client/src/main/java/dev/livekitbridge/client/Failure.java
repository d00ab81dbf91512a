package dev.livekitbridge.client;

/**
 * How a call or a try ended, for the machine.
 *
 * @param fault what the caller is told
 * @param transport whether the bridge itself may be away: nobody there said a word of ours
 * @param clean whether a stream ended without an error
 * @param pushbackNanos how long the bridge asks to stay away; 0 if it does not
 */
record Failure(Fault fault, boolean transport, boolean clean, long pushbackNanos) {
  static Failure of(Fault fault) {
    return new Failure(fault, false, false, 0);
  }

  static Failure transport(Fault fault) {
    return new Failure(fault, true, false, 0);
  }
}
