package dev.livekitbridge.examples.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.examples.doctor.Finding.Verdict;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import dev.livekitbridge.examples.livekit.LiveKitServerProcess;
import dev.livekitbridge.examples.livekit.RealLiveKit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with the token or the way of the media, at a real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorLiveKitTest {
  private static final Duration LIMIT = Duration.ofSeconds(4);

  private ProcessGroup processes;
  private LiveKitAccess access;

  @BeforeAll
  void start(@TempDir Path logs) {
    Path program = RealLiveKit.program();
    processes = ProcessGroup.create(logs);
    access = LiveKitServerProcess.start(processes, program).access();
  }

  @AfterAll
  void stop() {
    if (processes != null) {
      processes.close();
    }
  }

  private static List<Finding> examine(
      String url, @Nullable LiveKitAccess key, @Nullable String token) throws InterruptedException {
    List<Finding> findings = new Doctor(url, key, token, LIMIT, finding -> {}).examine();
    if (token != null) {
      assertThat(findings.toString()).doesNotContain(token);
    }
    if (key != null) {
      assertThat(findings.toString()).doesNotContain(key.secret());
    }
    return findings;
  }

  private static Finding of(List<Finding> findings, String check) {
    return findings.stream()
        .filter(each -> each.check().equals(check))
        .findFirst()
        .orElseThrow(() -> new AssertionError(check + " is not in " + findings));
  }

  private static void assertFault(List<Finding> findings, String check, String text) {
    Finding fault = of(findings, check);
    assertThat(fault.verdict()).as("%s", findings).isEqualTo(Verdict.FAULT);
    assertThat(fault.text()).contains(text);
    assertThat(fault.advice()).isNotEmpty();
    assertThat(Doctor.worst(findings)).isEqualTo(Verdict.FAULT);
  }

  @Test
  void allIsWell() throws Exception {
    List<Finding> findings = examine(access.url(), access, null);
    assertThat(findings).allMatch(each -> each.verdict() == Verdict.OK);
    assertThat(of(findings, "signal").text()).contains("LiveKit 1.");
    assertThat(of(findings, "media").text()).contains("UDP at ").contains("TCP at ");
    assertThat(of(findings, "ice udp").text()).startsWith("UDP ");
    assertThat(of(findings, "ice tcp").text()).startsWith("TCP ");
    assertThat(of(findings, "packets").text()).contains("20 of 20");
  }

  @Test
  void aWrongSecret() throws Exception {
    LiveKitAccess wrong =
        new LiveKitAccess(access.url(), access.key(), "another-secret-of-32-characters-");
    assertFault(examine(access.url(), wrong, null), "token", "not signed with one of its API keys");
  }

  @Test
  void anUnknownKey() throws Exception {
    LiveKitAccess wrong = new LiveKitAccess(access.url(), "nobody", access.secret());
    assertFault(examine(access.url(), wrong, null), "token", "not signed with one of its API keys");
  }

  @Test
  void anExpiredToken() throws Exception {
    String old = access.joinToken("r", "me", Duration.ofMinutes(-30));
    assertFault(examine(access.url(), null, old), "token", "it expired 30 min ago");
  }

  @Test
  void aTokenThatIsNotGoodYet() throws Exception {
    long later = System.currentTimeMillis() / 1000 + 600;
    String early = UnsignedToken.of(Map.of("nbf", later, "sub", "me"));
    assertFault(examine(access.url(), null, early), "token", "not good yet");
  }

  @Test
  void noToken() throws Exception {
    assertFault(examine(access.url(), null, "hello"), "token", "no token");
    List<Finding> findings = examine(access.url(), null, null);
    assertThat(of(findings, "token").verdict()).isEqualTo(Verdict.SKIPPED);
    assertThat(Doctor.worst(findings)).isEqualTo(Verdict.OK);
  }

  @Test
  void aTokenWithoutTheGrantToJoin() throws Exception {
    String token = UnsignedToken.of(Map.of("sub", "me", "video", Map.of("room", "r")));
    assertFault(examine(access.url(), null, token), "grants", "does not grant to join");
  }

  @Test
  void aGivenTokenJoinsItsRoom() throws Exception {
    List<Finding> findings = examine(access.url(), null, access.joinToken("standup", "me"));
    assertThat(of(findings, "signal").text()).contains("joined room standup");
    assertThat(Doctor.worst(findings)).isEqualTo(Verdict.OK);
  }

  @Test
  void udpBlocked(@TempDir Path logs) throws Exception {
    try (ProcessGroup group = ProcessGroup.create(logs)) {
      LiveKitAccess blocked =
          LiveKitServerProcess.start(group, RealLiveKit.program(), List.of("force_tcp: true"))
              .access();
      List<Finding> findings = examine(blocked.url(), blocked, null);
      Finding udp = of(findings, "ice udp");
      assertThat(udp.verdict()).as("%s", findings).isEqualTo(Verdict.WARNING);
      assertThat(udp.advice()).contains("Until then media goes over TCP");
      assertThat(of(findings, "ice tcp").verdict()).isEqualTo(Verdict.OK);
      assertThat(Doctor.worst(findings)).isEqualTo(Verdict.WARNING);
    }
  }

  @Test
  void mediaIsOfferedWhereNothingAnswers(@TempDir Path logs) throws Exception {
    // An address that is not the server's own; and it does not look for us by itself.
    List<String> elsewhere =
        List.of("node_ip: 127.0.0.77", "ips: {includes: [0.0.0.0/0]}", "use_ice_lite: true");
    try (ProcessGroup group = ProcessGroup.create(logs)) {
      LiveKitAccess blocked =
          LiveKitServerProcess.start(group, RealLiveKit.program(), elsewhere).access();
      List<Finding> findings = examine(blocked.url(), blocked, null);
      assertFault(findings, "ice udp", "UDP is blocked: nothing answers at 127.0.0.77:");
      assertThat(of(findings, "ice udp").advice())
          .startsWith("Open these UDP ports from here to the server.")
          .contains("set rtc.node_ip or rtc.use_external_ip");
      assertFault(findings, "ice tcp", "TCP for media is blocked: nothing answers at 127.0.0.77:");
      assertThat(of(findings, "ice tcp").advice()).contains("rtc.tcp_port");
    }
  }

  @Test
  void udpWhereNothingAnswersIsAWarningIfTcpWorks() {
    Finding udp = MediaCheck.udp("", Set.of("192.0.2.1:7882"), true);
    assertThat(udp.verdict()).isEqualTo(Verdict.WARNING);
    assertThat(udp.text()).isEqualTo("UDP is blocked: nothing answers at 192.0.2.1:7882");
    assertThat(udp.advice())
        .contains("Open these UDP ports")
        .contains("Until then media goes over TCP");
  }
}
