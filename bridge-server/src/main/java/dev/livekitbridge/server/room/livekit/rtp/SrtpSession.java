package dev.livekitbridge.server.room.livekit.rtp;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Protects and opens the RTP and RTCP packets of one connection, in place (RFC 3711, RFC 7714). Any
 * bytes may be given to the methods that open: what is malformed, forged or replayed is refused and
 * changes nothing. Not thread-safe.
 */
public final class SrtpSession {
  /** A protected packet is longer than a plain one by at most so many bytes. */
  public static final int MAX_OVERHEAD = 20;

  private static final int MAX_SOURCES = 256;
  private static final int RTCP_HEADER = 8;
  private static final int ENCRYPTED = 0x80000000;

  private final boolean aead;
  private final PacketCipher rtpOut;
  private final PacketCipher rtcpOut;
  private final PacketCipher rtpIn;
  private final PacketCipher rtcpIn;
  private final Map<Integer, ReplayWindow> sent = sources();
  private final Map<Integer, ReplayWindow> received = sources();
  private final Map<Integer, ReplayWindow> receivedRtcp = sources();
  private int nextRtcpIndex = 1;

  SrtpSession(SrtpProfile profile, SrtpKeys outbound, SrtpKeys inbound) {
    aead = profile.isAead();
    rtpOut = PacketCipher.of(profile, outbound, false);
    rtcpOut = PacketCipher.of(profile, outbound, true);
    rtpIn = PacketCipher.of(profile, inbound, false);
    rtcpIn = PacketCipher.of(profile, inbound, true);
  }

  /**
   * The session of a DTLS connection (RFC 5764 §4.2).
   *
   * @param profile as negotiated
   * @param exported {@link SrtpProfile#exportedBytes} bytes of keying material exported with the
   *     label EXTRACTOR-dtls_srtp
   * @param client whether we were the DTLS client
   * @return the session
   */
  public static SrtpSession ofExport(SrtpProfile profile, byte[] exported, boolean client) {
    if (exported.length != profile.exportedBytes()) {
      throw new IllegalArgumentException(
          "exported: "
              + exported.length
              + " bytes (expected: "
              + profile.exportedBytes()
              + " for "
              + profile
              + ")");
    }
    return new SrtpSession(
        profile,
        SrtpKeys.ofExport(profile, exported, client),
        SrtpKeys.ofExport(profile, exported, !client));
  }

  private static Map<Integer, ReplayWindow> sources() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Integer, ReplayWindow> eldest) {
        return size() > MAX_SOURCES;
      }
    };
  }

  /**
   * Whether a packet between 128 and 191 is RTCP rather than RTP (RFC 5761 §4).
   *
   * @param packet an array with the packet in it
   * @param at where it begins
   * @param length of the packet
   * @return true for RTCP
   */
  public static boolean isRtcp(byte[] packet, int at, int length) {
    int type = length < 2 ? 0 : packet[at + 1] & 0xFF;
    return type >= 192 && type <= 223;
  }

  /**
   * Protects an RTP packet.
   *
   * @param packet an array with the packet in it and room for {@link #MAX_OVERHEAD} behind it
   * @param at where it begins
   * @param length of the packet, which must be whole and well-formed
   * @return the new length
   */
  public int protectRtp(byte[] packet, int at, int length) {
    int clear = RtpPacket.headerBytes(packet, at, length);
    if (clear < 0) {
      throw new IllegalArgumentException("packet: not RTP (expected: a whole RTP packet)");
    }
    int ssrc = RtpPacket.getInt(packet, at + 8);
    ReplayWindow window = sent.computeIfAbsent(ssrc, key -> new ReplayWindow());
    long index = window.guess(RtpPacket.getShort(packet, at + 2));
    window.accept(index);
    return rtpOut.protect(packet, at, clear, length, ssrc, index, (int) (index >>> 16));
  }

  /**
   * Opens an RTP packet.
   *
   * @param packet an array with the packet in it
   * @param at where it begins
   * @param length of the packet
   * @return the new length; -1 if the packet is malformed, forged or was there before
   */
  public int unprotectRtp(byte[] packet, int at, int length) {
    int clear = RtpPacket.headerBytes(packet, at, length);
    if (clear < 0) {
      return -1;
    }
    int ssrc = RtpPacket.getInt(packet, at + 8);
    ReplayWindow window = received.get(ssrc);
    ReplayWindow known = window == null ? new ReplayWindow() : window;
    long index = known.guess(RtpPacket.getShort(packet, at + 2));
    if (!known.isFresh(index)) {
      return -1;
    }
    int plain = rtpIn.unprotect(packet, at, clear, length, ssrc, index, (int) (index >>> 16));
    return accept(received, ssrc, known, index, plain);
  }

  /**
   * Protects an RTCP packet, compound or not.
   *
   * @param packet an array with the packet in it and room for {@link #MAX_OVERHEAD} behind it
   * @param at where it begins
   * @param length of the packet
   * @return the new length
   */
  public int protectRtcp(byte[] packet, int at, int length) {
    if (length < RTCP_HEADER) {
      throw new IllegalArgumentException(
          "length: " + length + " (expected: at least " + RTCP_HEADER + ")");
    }
    int index = nextRtcpIndex;
    nextRtcpIndex = (nextRtcpIndex + 1) & Integer.MAX_VALUE;
    int ssrc = RtpPacket.getInt(packet, at + 4);
    int word = ENCRYPTED | index;
    int end = rtcpOut.protect(packet, at, RTCP_HEADER, length, ssrc, index, word);
    int wordAt = aead ? end : end - rtcpOut.tagBytes();
    // The index comes before the tag of RFC 3711 §3.4, but after that of RFC 7714 §17.
    System.arraycopy(packet, at + wordAt, packet, at + wordAt + 4, end - wordAt);
    CounterCipher.putInt(packet, at + wordAt, word);
    return end + 4;
  }

  /**
   * Opens an RTCP packet.
   *
   * @param packet an array with the packet in it
   * @param at where it begins
   * @param length of the packet
   * @return the new length; -1 if the packet is malformed, forged or was there before
   */
  public int unprotectRtcp(byte[] packet, int at, int length) {
    int tag = rtcpIn.tagBytes();
    if (length < RTCP_HEADER + 4 + tag || (packet[at] & 0xC0) != 0x80) {
      return -1;
    }
    int wordAt = at + length - 4 - (aead ? 0 : tag);
    int word = RtpPacket.getInt(packet, wordAt);
    int index = word & Integer.MAX_VALUE;
    int ssrc = RtpPacket.getInt(packet, at + 4);
    ReplayWindow window = receivedRtcp.get(ssrc);
    ReplayWindow known = window == null ? new ReplayWindow() : window;
    // Every profile of WebRTC encrypts its RTCP; a packet that says otherwise is not believed.
    if ((word & ENCRYPTED) == 0 || !known.isFresh(index)) {
      return -1;
    }
    if (!aead) {
      System.arraycopy(packet, wordAt + 4, packet, wordAt, tag);
    }
    int plain = rtcpIn.unprotect(packet, at, RTCP_HEADER, length - 4, ssrc, index, word);
    return accept(receivedRtcp, ssrc, known, index, plain);
  }

  /** A source is remembered only once a packet of it was authentic. */
  private static int accept(
      Map<Integer, ReplayWindow> sources, int ssrc, ReplayWindow window, long index, int plain) {
    if (plain >= 0) {
      window.accept(index);
      sources.putIfAbsent(ssrc, window);
    }
    return plain;
  }
}
