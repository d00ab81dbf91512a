package dev.livekitbridge.server.room.livekit.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CandidateTest {
  @Test
  void readsWhatAnSfuSends() {
    Candidate udp =
        CandidateParser.parse(
            "a=candidate:233762139 1 udp 2130706431 192.0.2.7 7882 typ host ufrag abc");
    assertThat(udp)
        .isEqualTo(
            new Candidate(
                CandidateKind.HOST,
                TransportKind.UDP,
                new InetSocketAddress("192.0.2.7", 7882),
                "233762139",
                2130706431L));
    Candidate tcp =
        CandidateParser.parse(
            "candidate:9 1 tcp 1671430143 2001:db8::5 7881 typ host tcptype passive");
    assertThat(tcp).extracting(Candidate::transport).isEqualTo(TransportKind.TCP);
    assertThat(tcp)
        .extracting(Candidate::address)
        .isEqualTo(new InetSocketAddress("2001:db8::5", 7881));
    Candidate reflexive =
        CandidateParser.parse(
            "candidate:1 1 UDP 1694498815 203.0.113.9 40000 typ srflx raddr 10.0.0.1 rport 5");
    assertThat(reflexive).extracting(Candidate::kind).isEqualTo(CandidateKind.SERVER_REFLEXIVE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "candidate:1 1 udp 5 127.0.0.1 7882 typ",
        "candidate:1 2 udp 5 127.0.0.1 7882 typ host",
        "candidate:1 1 udp 5 8a1b.local 7882 typ host",
        "candidate:1 1 udp 5 example.com 7882 typ host",
        "candidate:1 1 udp 5 127.0.0.1 0 typ host",
        "candidate:1 1 udp 5 127.0.0.1 65536 typ host",
        "candidate:1 1 udp 4294967296 127.0.0.1 1 typ host",
        "candidate:1 1 udp -5 127.0.0.1 1 typ host",
        "candidate:1 1 udp 5 0.0.0.0 1 typ host",
        "candidate:1 1 udp 5 224.0.0.1 1 typ host",
        "candidate:1 1 udp 5 127.0.0.1 1 typ moon",
        "candidate:1 1 sctp 5 127.0.0.1 1 typ host",
        "candidate:1 1 tcp 5 127.0.0.1 9 typ host tcptype active",
        "candidate: 1 udp 5 127.0.0.1 1 typ host",
      })
  void refusesWhatIsOfNoUse(String attribute) {
    assertThat(CandidateParser.parse(attribute)).isNull();
  }

  @Test
  void writesWhatItReads() {
    Candidate candidate =
        new Candidates().addLocal(new InetSocketAddress("192.0.2.1", 50_000), TransportKind.UDP);
    // RFC 8445 §5.1.2.1: 126 << 24 | 65535 << 8 | 255.
    assertThat(candidate.toAttribute())
        .isEqualTo("candidate:1 1 UDP 2130706431 192.0.2.1 50000 typ host");
    assertThat(CandidateParser.parse(candidate.toAttribute())).isEqualTo(candidate);
  }

  @Test
  void everyUdpCandidateComesBeforeEveryTcpCandidate() {
    Candidates candidates = new Candidates();
    Candidate tcp = candidates.addLocal(new InetSocketAddress("10.0.0.1", 5), TransportKind.TCP);
    for (int i = 2; i < 20; i++) {
      Candidate udp =
          candidates.addLocal(new InetSocketAddress("10.0.0." + i, 5), TransportKind.UDP);
      assertThat(udp.priority()).isGreaterThan(tcp.priority());
    }
    assertThat(tcp.toAttribute()).endsWith(" 10.0.0.1 9 typ host tcptype active");
  }

  @Test
  void mutatedAttributesAreHarmless() {
    Random random = new Random(3);
    String good = "candidate:9 1 tcp 1671430143 2001:db8::5 7881 typ host tcptype passive";
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder(good);
      for (int change = 1 + random.nextInt(5); change > 0; change--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(0x100));
          case 1 -> text.deleteCharAt(at);
          default -> text.insert(at, text.substring(at));
        }
      }
      CandidateParser.parse(text.toString());
    }
    assertThat(CandidateParser.parse(good)).isNotNull();
  }
}
