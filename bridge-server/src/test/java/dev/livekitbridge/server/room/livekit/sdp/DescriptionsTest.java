package dev.livekitbridge.server.room.livekit.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DescriptionsTest {
  private static final LocalTransport LOCAL =
      new LocalTransport(
          "ours",
          "our-password-of-22-chars",
          new Fingerprint("sha-256", "AA:BB"),
          List.of("candidate:1 1 UDP 2130706431 127.0.0.1 50000 typ host"));

  /** As livekit-server 1.11 (pion) writes it: data, one audio track, one video track. */
  private static final String OFFER =
      String.join(
          "\r\n",
          "v=0",
          "o=- 7127471281475187413 1700000000 IN IP4 0.0.0.0",
          "s=-",
          "t=0 0",
          "a=msid-semantic:WMS *",
          "a=fingerprint:sha-256 0a:0B:0C",
          "a=ice-lite",
          "a=extmap-allow-mixed",
          "a=group:BUNDLE 0 1 2",
          "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
          "c=IN IP4 0.0.0.0",
          "a=setup:actpass",
          "a=mid:0",
          "a=sendrecv",
          "a=sctp-port:5000",
          "a=ice-ufrag:theirs",
          "a=ice-pwd:their-password",
          "a=candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host ufrag theirs",
          "m=audio 9 UDP/TLS/RTP/SAVPF 63 111",
          "c=IN IP4 0.0.0.0",
          "a=setup:actpass",
          "a=mid:1",
          "a=ice-ufrag:theirs",
          "a=ice-pwd:their-password",
          "a=rtcp-mux",
          "a=rtpmap:63 red/48000/2",
          "a=fmtp:63 111/111",
          "a=rtpmap:111 opus/48000/2",
          "a=fmtp:111 minptime=10;useinbandfec=1",
          "a=ssrc:4000000000 cname:PA_1|TR_1",
          "a=ssrc:4000000000 msid:PA_1|TR_1 TR_1",
          "a=msid:PA_1|TR_1 TR_1",
          "a=sendonly",
          "m=video 9 UDP/TLS/RTP/SAVPF 96",
          "c=IN IP4 0.0.0.0",
          "a=mid:2",
          "a=rtpmap:96 VP8/90000",
          "a=sendonly",
          "");

  private static RemoteDescription offer() {
    return RemoteDescription.parse(OFFER).orElseThrow();
  }

  @Test
  void readsTheServersEndOfTheTransport() {
    RemoteTransport transport = offer().transport();
    assertThat(transport.ufrag()).isEqualTo("theirs");
    assertThat(transport.password()).isEqualTo("their-password");
    assertThat(transport.lite()).isTrue();
    assertThat(transport.setup()).isEqualTo(DtlsSetup.ACTPASS);
    assertThat(transport.fingerprint()).isEqualTo(new Fingerprint("SHA-256", "0A:0b:0C"));
    assertThat(transport.candidates())
        .containsExactly("candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host ufrag theirs");
    assertThat(transport.toString()).doesNotContain("their-password");
    assertThat(LOCAL.toString()).doesNotContain("our-password");
  }

  @Test
  void readsWhichTrackSoundsOnWhichSsrc() {
    assertThat(offer().audio())
        .containsExactly(
            Map.entry(4_000_000_000L, new RemoteAudio("1", 4_000_000_000L, "TR_1", 111)));
    RemoteDescription gone =
        RemoteDescription.parse(OFFER.replaceFirst("a=sendonly", "a=inactive")).orElseThrow();
    assertThat(gone.audio()).isEmpty();
  }

  @Test
  void answersDataAndOpusAndRejectsTheRest() {
    String answer = Descriptions.subscriberAnswer(offer(), LOCAL, 3);
    assertThat(answer)
        .startsWith("v=0\r\no=- 1 3 IN IP4 127.0.0.1\r\n")
        .contains("a=group:BUNDLE 0 1\r\n")
        .contains("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n")
        .contains("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n")
        .contains("a=recvonly\r\n")
        .contains("m=video 0 UDP/TLS/RTP/SAVPF 96\r\n")
        .contains("a=setup:active\r\n")
        .doesNotContain("red/48000")
        .containsOnlyOnce("a=candidate:");
    // What we write, we can read.
    RemoteDescription again = RemoteDescription.parse(answer).orElseThrow();
    assertThat(again.transport().ufrag()).isEqualTo("ours");
    assertThat(again.accepts("1")).isTrue();
    assertThat(again.accepts("2")).isFalse();
    assertThat(again.opusPayloadType("1")).contains(111);
  }

  @Test
  void offersWhatIsPublished() {
    String offer =
        Descriptions.publisherOffer(
            LOCAL,
            1,
            List.of(
                new PublishedAudio("0", "cid-tts", 1, false),
                new PublishedAudio("1", "cid-music", 2, true)),
            false);
    RemoteDescription read = RemoteDescription.parse(offer).orElseThrow();
    assertThat(read.audio().values())
        .containsExactly(
            new RemoteAudio("0", 1, "cid-tts", 111), new RemoteAudio("1", 2, "cid-music", 111));
    assertThat(offer).containsOnlyOnce("stereo=1;sprop-stereo=1").containsOnlyOnce("a=candidate:");
    assertThat(read.transport().setup()).isEqualTo(DtlsSetup.ACTIVE);
  }

  @Test
  void dataChannelsComeBeforeTheTracks() {
    String offer =
        Descriptions.publisherOffer(
            LOCAL, 2, List.of(new PublishedAudio("0", "cid-tts", 1, false)), true);
    RemoteDescription read = RemoteDescription.parse(offer).orElseThrow();
    assertThat(read.sections()).extracting(MediaSection::mid).containsExactly("data", "0");
    assertThat(offer).contains("BUNDLE data 0").containsOnlyOnce("a=candidate:");
    assertThat(Descriptions.publisherOffer(LOCAL, 1, List.of(), true))
        .contains("BUNDLE data\r\n")
        .contains("a=sctp-port:5000");
  }

  @Test
  void whatIsNoDescriptionIsNone() {
    assertThat(RemoteDescription.parse("")).isEmpty();
    assertThat(RemoteDescription.parse("v=0\r\n")).isEmpty();
    assertThat(RemoteDescription.parse(OFFER.replace("a=ice-pwd", "a=ice"))).isEmpty();
    assertThat(RemoteDescription.parse(OFFER.replace("a=fingerprint", "a=finger"))).isEmpty();
    assertThat(RemoteDescription.parse(OFFER.replace("m=audio 9", "m=audio nine"))).isEmpty();
    assertThat(RemoteDescription.parse("v=0" + " ".repeat(RemoteDescription.LONGEST))).isEmpty();
  }

  @Test
  void noTextThrowsOutOfIt() {
    Random random = new Random(5);
    for (int i = 0; i < 5_000; i++) {
      StringBuilder broken = new StringBuilder(OFFER);
      for (int edits = random.nextInt(8); edits >= 0; edits--) {
        int at = random.nextInt(broken.length());
        switch (random.nextInt(3)) {
          case 0 -> broken.setCharAt(at, (char) random.nextInt(128));
          case 1 -> broken.delete(at, Math.min(broken.length(), at + random.nextInt(40)));
          default -> broken.insert(at, "\r\na=");
        }
      }
      RemoteDescription.parse(broken.toString())
          .ifPresent(
              read -> {
                read.audio();
                Descriptions.subscriberAnswer(read, LOCAL, 1);
              });
    }
  }
}
