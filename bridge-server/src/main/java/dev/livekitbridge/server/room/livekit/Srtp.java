package dev.livekitbridge.server.room.livekit;

import dev.livekitbridge.server.room.livekit.dtls.ExportedKeys;
import dev.livekitbridge.server.room.livekit.rtp.RtcpMessage;
import dev.livekitbridge.server.room.livekit.rtp.RtcpReader;
import dev.livekitbridge.server.room.livekit.rtp.SrtpProfile;
import dev.livekitbridge.server.room.livekit.rtp.SrtpSession;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** The protected media of one peer connection. On the room's event loop only. */
final class Srtp {
  /** Hears opened packets. */
  interface Listener {
    /** A packet of a stream, within an array that is only valid until this returns. */
    void rtp(int ssrc, byte[] packet, int length);

    void rtcp(List<RtcpMessage> messages);
  }

  private static final int LARGEST = 2048;

  private final SrtpSession session;
  private final byte[] opened = new byte[LARGEST];

  Srtp(ExportedKeys keys) {
    SrtpProfile profile = SrtpProfile.of(keys.profile());
    if (profile == null) {
      throw new IllegalArgumentException("profile: " + keys.profile() + " (expected: one of ours)");
    }
    session = SrtpSession.ofExport(profile, keys.material(), keys.client());
  }

  /** Opens a packet; what is not authentic or a replay is dropped (RFC 3711 §3.3). */
  void receive(ByteBuffer packet, Listener listener) {
    int length = packet.remaining();
    if (length > LARGEST) {
      return;
    }
    packet.get(opened, 0, length);
    if (SrtpSession.isRtcp(opened, 0, length)) {
      int plain = session.unprotectRtcp(opened, 0, length);
      if (plain > 0) {
        listener.rtcp(RtcpReader.read(opened, 0, plain));
      }
    } else {
      int plain = session.unprotectRtp(opened, 0, length);
      if (plain >= 12) {
        // RFC 3550 §5.1: the SSRC is the third word.
        listener.rtp(ByteBuffer.wrap(opened).getInt(8), opened, plain);
      }
    }
  }

  /** Protects a packet of either kind. */
  ByteBuffer protect(byte[] plain) {
    byte[] packet = Arrays.copyOf(plain, plain.length + SrtpSession.MAX_OVERHEAD);
    int length =
        SrtpSession.isRtcp(plain, 0, plain.length)
            ? session.protectRtcp(packet, 0, plain.length)
            : session.protectRtp(packet, 0, plain.length);
    return ByteBuffer.wrap(packet, 0, length);
  }
}
