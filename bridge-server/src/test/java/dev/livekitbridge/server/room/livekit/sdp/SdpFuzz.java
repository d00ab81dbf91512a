package dev.livekitbridge.server.room.livekit.sdp;

import dev.livekitbridge.server.room.livekit.fuzz.FuzzInput;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any text for a session description. */
public final class SdpFuzz {
  private static final LocalTransport LOCAL =
      new LocalTransport("u", "p", new Fingerprint("sha-256", "AA"), List.of("candidate:1"));

  private SdpFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    RemoteDescription.parse(FuzzInput.text(input))
        .ifPresent(
            remote -> {
              remote.audio();
              remote.accepts("0");
              remote.opusPayloadType("1");
              String answer = Descriptions.subscriberAnswer(remote, LOCAL, 1);
              FuzzInput.check(
                  answer.length() < 20_000 + 20 * input.length, "an answer without measure");
            });
  }

  public static List<byte[]> seeds() {
    return List.of(
        String.join(
                "\r\n",
                "v=0",
                "o=- 7127471281475187413 1700000000 IN IP4 0.0.0.0",
                "s=-",
                "t=0 0",
                "a=fingerprint:sha-256 0A:0B:0C",
                "a=group:BUNDLE 0 1",
                "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
                "a=setup:actpass",
                "a=mid:0",
                "a=sctp-port:5000",
                "a=ice-ufrag:theirs",
                "a=ice-pwd:their-password",
                "a=candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host ufrag theirs",
                "m=audio 9 UDP/TLS/RTP/SAVPF 63 111",
                "a=mid:1",
                "a=ice-ufrag:theirs",
                "a=ice-pwd:their-password",
                "a=rtpmap:111 opus/48000/2",
                "a=ssrc:4000000000 cname:PA_1|TR_1",
                "a=msid:PA_1|TR_1 TR_1",
                "a=sendonly",
                "")
            .getBytes(StandardCharsets.UTF_8));
  }
}
