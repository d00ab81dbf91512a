package dev.livekitbridge.server.room.livekit.sdp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes our descriptions. */
public final class Descriptions {
  /** The payload type of Opus in our offers; the usual one. */
  public static final int OPUS = 111;

  /** Largest data channel message that we take, as the SDKs do (RFC 8841 §6). */
  public static final int MAX_MESSAGE_BYTES = 256 * 1024;

  private static final String STREAM = "bridge";

  /** The mid of our data channels; the tracks have numbers. */
  private static final String DATA = "data";

  private Descriptions() {}

  /**
   * Offers what we publish. We ask to be the DTLS client (RFC 8842 §5.3 lets an offerer say so when
   * it knows its peer).
   *
   * @param local our end
   * @param version 1, 2, 3 … for each offer of a connection (RFC 8829 §5.2.2)
   * @param tracks a section is never taken out; at least one without data
   * @param data whether data channels come first; the same in every offer of a connection
   * @return the offer
   */
  public static String publisherOffer(
      LocalTransport local, int version, List<PublishedAudio> tracks, boolean data) {
    List<String> mids = new ArrayList<>();
    if (data) {
      mids.add(DATA);
    }
    tracks.stream().map(PublishedAudio::mid).forEach(mids::add);
    StringBuilder sdp = head(version, mids);
    boolean first = true;
    if (data) {
      dataSection(sdp, "UDP/DTLS/SCTP", DATA);
      local.describe(sdp, DtlsSetup.ACTIVE);
      local.list(sdp);
      first = false;
    }
    for (PublishedAudio track : tracks) {
      mediaLine(sdp, "audio 9 UDP/TLS/RTP/SAVPF " + OPUS, track.mid());
      local.describe(sdp, DtlsSetup.ACTIVE);
      line(sdp, "sendonly");
      line(sdp, "msid:" + STREAM + " " + track.cid());
      line(sdp, "rtcp-mux");
      line(sdp, "rtcp-rsize");
      line(sdp, "rtpmap:" + OPUS + " opus/48000/2");
      line(sdp, "rtcp-fb:" + OPUS + " nack");
      // RFC 7587 §6.1: what a receiver of ours may expect.
      line(
          sdp,
          "fmtp:"
              + OPUS
              + " minptime=10;useinbandfec=1;usedtx=1"
              + (track.stereo() ? ";stereo=1;sprop-stereo=1" : ""));
      line(sdp, "ssrc:" + track.ssrc() + " cname:" + STREAM);
      line(sdp, "ssrc:" + track.ssrc() + " msid:" + STREAM + " " + track.cid());
      if (first) {
        local.list(sdp);
        first = false;
      }
    }
    return sdp.toString();
  }

  /**
   * Answers what the server sends: data channels and Opus are taken, anything else is rejected.
   *
   * @param offer of the server
   * @param local our end
   * @param version 1, 2, 3 … for each answer of a connection
   * @return the answer; we are the DTLS client unless the server insists
   */
  public static String subscriberAnswer(
      RemoteDescription offer, LocalTransport local, int version) {
    List<String> mids = new ArrayList<>();
    for (MediaSection section : offer.sections()) {
      if (accepted(section)) {
        mids.add(section.mid());
      }
    }
    DtlsSetup setup = answer(offer.transport().setup());
    StringBuilder sdp = head(version, mids);
    boolean listed = false;
    for (MediaSection section : offer.sections()) {
      if (!accepted(section)) {
        reject(sdp, section);
        continue;
      }
      if (section.kind().equals("application")) {
        dataSection(sdp, section.protocol(), section.mid());
      } else {
        int opus = section.opusPayloadType().orElseThrow();
        mediaLine(sdp, "audio 9 " + section.protocol() + " " + opus, section.mid());
        line(sdp, section.sends() ? "recvonly" : "inactive");
        line(sdp, "rtcp-mux");
        line(sdp, "rtcp-rsize");
        line(sdp, "rtpmap:" + opus + " opus/48000/2");
        line(sdp, "rtcp-fb:" + opus + " nack");
        line(sdp, "fmtp:" + opus + " minptime=10;useinbandfec=1");
      }
      local.describe(sdp, setup);
      if (!listed) {
        local.list(sdp);
        listed = true;
      }
    }
    return sdp.toString();
  }

  /**
   * The role to answer with (RFC 8842 §5.3).
   *
   * @param offered the role in the offer
   * @return passive only where the offerer insists on being active
   */
  public static DtlsSetup answer(DtlsSetup offered) {
    return offered == DtlsSetup.ACTIVE ? DtlsSetup.PASSIVE : DtlsSetup.ACTIVE;
  }

  private static boolean accepted(MediaSection section) {
    if (section.port() == 0) {
      return false;
    }
    return switch (section.kind()) {
      case "application" -> section.formats().contains("webrtc-datachannel");
      case "audio" -> {
        Optional<Integer> opus = section.opusPayloadType();
        yield opus.isPresent();
      }
      default -> false;
    };
  }

  private static void reject(StringBuilder sdp, MediaSection section) {
    String format = section.formats().get(0);
    mediaLine(sdp, section.kind() + " 0 " + section.protocol() + " " + format, section.mid());
    line(sdp, "inactive");
  }

  private static StringBuilder head(int version, List<String> mids) {
    StringBuilder sdp = new StringBuilder(2048);
    sdp.append("v=0\r\no=- 1 ").append(version).append(" IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
    sdp.append("a=group:BUNDLE");
    for (String mid : mids) {
      sdp.append(' ').append(mid);
    }
    sdp.append("\r\n");
    line(sdp, "msid-semantic:WMS *");
    line(sdp, "ice-options:trickle");
    return sdp;
  }

  private static void dataSection(StringBuilder sdp, String protocol, String mid) {
    mediaLine(sdp, "application 9 " + protocol + " webrtc-datachannel", mid);
    line(sdp, "sctp-port:5000");
    line(sdp, "max-message-size:" + MAX_MESSAGE_BYTES);
  }

  private static void mediaLine(StringBuilder sdp, String line, String mid) {
    sdp.append("m=").append(line).append("\r\nc=IN IP4 0.0.0.0\r\n");
    line(sdp, "mid:" + mid);
  }

  private static void line(StringBuilder sdp, String attribute) {
    sdp.append("a=").append(attribute).append("\r\n");
  }
}
