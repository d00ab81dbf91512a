package dev.livekitbridge.server.room.livekit.sctp;

/** Numbers on the wire: chunk types, parameters, error causes, payload protocols. */
final class Wire {
  static final int COMMON_HEADER = 12;
  static final int CHUNK_HEADER = 4;
  static final int DATA_HEADER = 16;

  /** Chunk types, RFC 9260 section 3.2, RFC 3758, RFC 6525, RFC 4820. */
  static final int DATA = 0;

  static final int INIT = 1;
  static final int INIT_ACK = 2;
  static final int SACK = 3;
  static final int HEARTBEAT = 4;
  static final int HEARTBEAT_ACK = 5;
  static final int ABORT = 6;
  static final int SHUTDOWN = 7;
  static final int SHUTDOWN_ACK = 8;
  static final int ERROR = 9;
  static final int COOKIE_ECHO = 10;
  static final int COOKIE_ACK = 11;
  static final int ECNE = 12;
  static final int CWR = 13;
  static final int SHUTDOWN_COMPLETE = 14;
  static final int RE_CONFIG = 0x82;
  static final int PAD = 0x84;
  static final int FORWARD_TSN = 0xc0;

  /** Flags of a DATA chunk. */
  static final int END = 1;

  static final int BEGIN = 2;
  static final int UNORDERED = 4;
  static final int IMMEDIATE = 8;

  /** Flag of ABORT and SHUTDOWN COMPLETE: the verification tag is the receiver's own, reflected. */
  static final int REFLECTED = 1;

  /** Parameters of INIT and INIT ACK. */
  static final int P_HEARTBEAT_INFO = 1;

  static final int P_IPV4 = 5;
  static final int P_IPV6 = 6;
  static final int P_STATE_COOKIE = 7;
  static final int P_UNRECOGNIZED = 8;
  static final int P_COOKIE_PRESERVATIVE = 9;
  static final int P_HOST_NAME = 11;
  static final int P_ADDRESS_TYPES = 12;
  static final int P_ECN = 0x8000;
  static final int P_ZERO_CHECKSUM = 0x8001;
  static final int P_RANDOM = 0x8002;
  static final int P_CHUNK_LIST = 0x8003;
  static final int P_HMAC = 0x8004;
  static final int P_PADDING = 0x8005;
  static final int P_EXTENSIONS = 0x8008;
  static final int P_FORWARD_TSN = 0xc000;

  /** Error detection method of the zero checksum parameter: SCTP over DTLS (RFC 9653). */
  static final int EDMID_DTLS = 1;

  /** Parameters of RE-CONFIG, RFC 6525 section 4. */
  static final int P_OUTGOING_RESET = 13;

  static final int P_INCOMING_RESET = 14;
  static final int P_TSN_RESET = 15;
  static final int P_RECONFIG_RESPONSE = 16;
  static final int P_ADD_OUTGOING = 17;
  static final int P_ADD_INCOMING = 18;

  /** Error causes, RFC 9260 section 3.3.10. */
  static final int E_MISSING_PARAMETER = 2;

  static final int E_STALE_COOKIE = 3;
  static final int E_OUT_OF_RESOURCE = 4;
  static final int E_UNRECOGNIZED_CHUNK = 6;
  static final int E_INVALID_PARAMETER = 7;
  static final int E_UNRECOGNIZED_PARAMETERS = 8;
  static final int E_NO_USER_DATA = 9;
  static final int E_USER_ABORT = 12;

  /** Payload protocol identifiers, RFC 8831 section 8. */
  static final int PPID_DCEP = 50;

  static final int PPID_STRING = 51;
  static final int PPID_BINARY = 53;
  static final int PPID_STRING_EMPTY = 56;
  static final int PPID_BINARY_EMPTY = 57;

  private Wire() {}

  static int padded(int length) {
    return (length + 3) & ~3;
  }
}
