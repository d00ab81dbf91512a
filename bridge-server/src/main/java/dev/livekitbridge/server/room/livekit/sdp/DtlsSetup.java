package dev.livekitbridge.server.room.livekit.sdp;

/** Who begins the DTLS handshake (RFC 4145 §4, RFC 8842 §5). */
public enum DtlsSetup {
  /** The sender of this begins. */
  ACTIVE("active"),
  /** The sender of this waits. */
  PASSIVE("passive"),
  /** The answerer chooses. */
  ACTPASS("actpass");

  private final String value;

  DtlsSetup(String value) {
    this.value = value;
  }

  /**
   * The attribute's value.
   *
   * @return as in a description
   */
  public String value() {
    return value;
  }

  static DtlsSetup of(String value) {
    return switch (value) {
      case "active" -> ACTIVE;
      case "passive" -> PASSIVE;
      default -> ACTPASS;
    };
  }
}
