package dev.livekitbridge.server.room.livekit.ice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.server.room.livekit.ice.IceWorld.Node;
import dev.livekitbridge.server.room.livekit.ice.StunMessage.Kind;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IceAgentTest {
  private final IceWorld world = new IceWorld(1);

  private static void assertConnected(Node one, Node other) {
    assertThat(one.agent.state()).isEqualTo(IceState.CONNECTED);
    assertThat(other.agent.state()).isEqualTo(IceState.CONNECTED);
    assertThat(one.agent.isControlling()).isNotEqualTo(other.agent.isControlling());
  }

  @Test
  void twoAgentsMeetWithinAFewRoundTrips() {
    Node one = world.node(true);
    Node other = world.node(false);
    one.host("10.0.0.1", 1000);
    other.host("10.0.0.2", 2000);
    world.introduce(one, other);
    world.run(100);
    assertConnected(one, other);
    assertThat(one.remote()).isEqualTo(new InetSocketAddress("10.0.0.2", 2000));
    assertThat(other.remote()).isEqualTo(new InetSocketAddress("10.0.0.1", 1000));
    // A check, its answer, the nomination, its answer, 5 ms each.
    assertThat(one.connectedAt - 17).isLessThanOrEqualTo(40 * IceWorld.MS);
    assertThat(one.events).containsExactly("CHECKING", "CONNECTED");
  }

  @Test
  void theBestOfSeveralPairsWinsAlsoAcrossFamilies() {
    Node one = world.node(true);
    Node other = world.node(false);
    one.host("2001:db8::1", 1000);
    one.host("10.0.0.1", 1000);
    other.host("2001:db8::2", 2000);
    other.host("10.0.0.2", 2000);
    other.host("172.17.0.1", 2000);
    world.introduce(one, other);
    world.run(1_000);
    assertConnected(one, other);
    assertThat(one.remote()).isEqualTo(new InetSocketAddress("2001:db8::2", 2000));
    assertThat(other.remote()).isEqualTo(new InetSocketAddress("2001:db8::1", 1000));
  }

  @Test
  void aWayThatIsBlockedIsLeftForOneThatIsNot() {
    Node one = world.node(true);
    Node other = world.node(false);
    one.host("2001:db8::1", 1000);
    one.host("10.0.0.1", 1000);
    other.host("2001:db8::2", 2000);
    other.host("10.0.0.2", 2000);
    world.open = (from, to) -> from.getAddress().getAddress().length == 4;
    world.introduce(one, other);
    world.run(2_000);
    assertConnected(one, other);
    assertThat(one.remote()).isEqualTo(new InetSocketAddress("10.0.0.2", 2000));
  }

  @Test
  void bothControllingOrBothControlledIsResolved() {
    for (int seed = 0; seed < 50; seed++) {
      for (boolean role : new boolean[] {true, false}) {
        IceWorld pair = new IceWorld(seed);
        Node one = pair.node(role);
        Node other = pair.node(role);
        one.host("10.0.0.1", 1000);
        other.host("10.0.0.2", 2000);
        pair.introduce(one, other);
        pair.run(2_000);
        assertConnected(one, other);
      }
    }
  }

  @Test
  void candidatesMayComeLateAndChecksBeforeCredentials() {
    Node one = world.node(true);
    Node other = world.node(false);
    one.host("10.0.0.1", 1000);
    other.host("10.0.0.2", 2000);
    // Only one side knows of the other; its checks come before the other knows whom to trust.
    world.tell(/* one= */ other, /* other= */ one);
    world.run(300);
    assertThat(other.agent.state()).isEqualTo(IceState.NEW);
    other.agent.setRemote(one.agent.localUfrag(), one.agent.localPwd(), false, world.now);
    world.run(300);
    assertConnected(one, other);
    // The other never heard of a candidate: it found the peer by its checks.
    assertThat(other.remote()).isEqualTo(new InetSocketAddress("10.0.0.1", 1000));
  }

  @Test
  void candidatesTrickleIn() {
    Node one = world.node(true);
    Node other = world.node(false);
    one.host("10.0.0.1", 1000);
    Candidate theirs = other.host("10.0.0.2", 2000);
    one.agent.setRemote(other.agent.localUfrag(), other.agent.localPwd(), false, world.now);
    other.agent.setRemote(one.agent.localUfrag(), one.agent.localPwd(), false, world.now);
    world.run(1_000);
    assertThat(one.agent.state()).isEqualTo(IceState.CHECKING);
    assertThat(one.agent.addRemoteCandidate(theirs.toAttribute(), world.now)).isTrue();
    assertThat(one.agent.addRemoteCandidate("candidate:1 1 udp 5 x.local 9 typ host", world.now))
        .isFalse();
    world.run(100);
    assertConnected(one, other);
  }

  @Test
  void anAddressBehindNatIsLearnt() {
    Node one = world.node(true);
    Node other = world.node(false);
    one.host("192.168.0.1", 1000);
    other.host("203.0.113.2", 2000);
    world.nat.put(
        new InetSocketAddress("192.168.0.1", 1000), new InetSocketAddress("198.51.100.1", 7777));
    world.introduce(one, other);
    // What the peer believes to be our address leads nowhere.
    world.open = (from, to) -> !to.getAddress().isSiteLocalAddress();
    world.run(2_000);
    assertConnected(one, other);
    assertThat(other.remote()).isEqualTo(new InetSocketAddress("198.51.100.1", 7777));
  }

  @Test
  void aLitePeerIsControlledAndNeverAsks() {
    for (boolean offered : new boolean[] {true, false}) {
      IceWorld net = new IceWorld(5);
      Node one = net.node(offered);
      one.host("10.0.0.1", 1000);
      LitePeer lite = new LitePeer("lite", "a-password-of-a-lite-peer");
      one.agent.setRemote(lite.local.ufrag(), lite.local.pwd(), true, net.now);
      one.agent.addRemoteCandidate("candidate:1 1 udp 99 10.0.0.9 7882 typ host", net.now);
      for (int step = 0; step < 200; step++) {
        for (Transmit next = one.agent.poll(net.now);
            next != null;
            next = one.agent.poll(net.now)) {
          one.agent.receive(next.local(), next.remote(), lite.answer(next), net.now);
        }
        net.now += 10 * IceWorld.MS;
        one.agent.onTimeout(net.now);
      }
      assertThat(one.agent.state()).isEqualTo(IceState.CONNECTED);
      assertThat(one.agent.isControlling()).isTrue();
      assertThat(lite.nominations).isEqualTo(1);
    }
  }

  private static final class LitePeer {
    private final Credentials local;
    private int nominations;

    LitePeer(String ufrag, String pwd) {
      local = new Credentials(ufrag, pwd);
    }

    ByteBuffer answer(Transmit transmit) {
      StunMessage request = Objects.requireNonNull(StunMessage.parse(transmit.packet()));
      assertThat(Responder.fault(request, local)).isZero();
      nominations += request.useCandidate() ? 1 : 0;
      return Responder.success(request, local, transmit.local().address());
    }
  }

  @Test
  void tcpIsTakenWhereUdpIsBlockedAndOnlyThere() {
    for (boolean blocked : new boolean[] {true, false}) {
      IceWorld net = new IceWorld(6);
      Node client = net.node(true);
      Node sfu = net.node(false);
      client.host("10.0.0.1", 1000);
      client.agent.addLocalCandidate(
          new InetSocketAddress("10.0.0.1", 0), TransportKind.TCP, net.now);
      sfu.host("10.0.0.2", 7882);
      net.introduce(client, sfu);
      Candidate passive =
          sfu.agent.addLocalCandidate(
              new InetSocketAddress("10.0.0.2", 7881), TransportKind.TCP, net.now);
      sfu.listen(passive, new InetSocketAddress("10.0.0.2", 7881));
      client.agent.addRemoteCandidate(
          "candidate:7 1 tcp 1518280447 10.0.0.2 7881 typ host tcptype passive", net.now);
      net.open = (from, to) -> !blocked || (from.getPort() != 1000 && to.getPort() != 1000);
      net.run(2_000);
      assertConnected(client, sfu);
      assertThat(client.local().transport())
          .isEqualTo(blocked ? TransportKind.TCP : TransportKind.UDP);
      if (blocked) {
        client.agent.unreachable(client.local(), client.remote(), net.now);
        assertThat(client.agent.state()).isEqualTo(IceState.FAILED);
      }
    }
  }

  @Test
  void failsWhenNobodyAnswers() {
    Node one = world.node(true);
    Node other = world.node(false);
    one.host("10.0.0.1", 1000);
    other.host("10.0.0.2", 2000);
    world.loss = 1;
    world.introduce(one, other);
    world.run(14_900);
    assertThat(one.agent.state()).isEqualTo(IceState.CHECKING);
    world.run(200);
    assertThat(one.agent.state()).isEqualTo(IceState.FAILED);
    assertThat(one.agent.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void failsAtOnceWhenEveryWayIsRefused() {
    Node one = world.node(true);
    one.agent.addLocalCandidate(new InetSocketAddress("10.0.0.1", 0), TransportKind.TCP, world.now);
    one.agent.setRemote("abcd", "0123456789012345678901", false, world.now);
    one.agent.addRemoteCandidate(
        "candidate:7 1 tcp 5 10.0.0.2 7881 typ host tcptype passive", world.now);
    one.agent.endOfRemoteCandidates(world.now);
    Transmit first = Objects.requireNonNull(one.agent.poll(world.now));
    one.agent.unreachable(first.local(), first.remote(), world.now);
    assertThat(one.agent.state()).isEqualTo(IceState.FAILED);
  }

  private Node[] connected() {
    Node one = world.node(true);
    Node other = world.node(false);
    one.host("10.0.0.1", 1000);
    other.host("10.0.0.2", 2000);
    world.introduce(one, other);
    world.run(500);
    assertConnected(one, other);
    return new Node[] {one, other};
  }

  @Test
  void consentIsKeptWithAPacketEveryFewSecondsAndNoMore() {
    Node[] both = connected();
    int before = world.packets;
    world.run(600_000);
    assertConnected(both[0], both[1]);
    // 120 checks each way and their answers.
    assertThat(world.packets - before).isBetween(400, 620);
    assertThat(both[0].events).containsExactly("CHECKING", "CONNECTED");
  }

  @Test
  void aDeadPeerIsNoticedAndConsentEndsAfterThirtySeconds() {
    Node[] both = connected();
    world.loss = 1;
    world.run(14_000);
    assertThat(both[0].agent.state()).isEqualTo(IceState.DISCONNECTED);
    world.run(25_000);
    assertThat(both[0].agent.state()).isEqualTo(IceState.FAILED);
    assertThat(both[1].agent.state()).isEqualTo(IceState.FAILED);
  }

  @Test
  void aPeerThatComesBackInTimeIsTaken() {
    Node[] both = connected();
    world.loss = 1;
    world.run(14_000);
    world.loss = 0;
    world.run(7_000);
    assertThat(both[0].events)
        .containsExactly("CHECKING", "CONNECTED", "DISCONNECTED", "CONNECTED");
  }

  @Test
  void otherTrafficIsASignOfLifeButNotConsent() {
    Node[] both = connected();
    world.loss = 1;
    for (int second = 0; second < 29; second++) {
      world.run(1_000);
      both[0].agent.onTraffic(world.now);
    }
    assertThat(both[0].events).containsExactly("CHECKING", "CONNECTED");
    world.run(8_000);
    assertThat(both[0].agent.state()).isEqualTo(IceState.FAILED);
  }

  @Test
  void aRestartFindsANewWayWhileTheOldOneServes() {
    Node[] both = connected();
    String before = both[0].agent.localUfrag();
    both[0].host("10.0.1.1", 1001);
    both[0].agent.restart();
    both[1].agent.restart();
    assertThat(both[0].agent.localUfrag()).isNotEqualTo(before);
    world.run(10_000);
    assertConnected(both[0], both[1]);
    world.open = (from, to) -> from.getPort() != 1000 && to.getPort() != 1000;
    world.introduce(both[0], both[1]);
    world.run(2_000);
    assertConnected(both[0], both[1]);
    assertThat(both[1].remote()).isEqualTo(new InetSocketAddress("10.0.1.1", 1001));
    world.run(40_000);
    assertConnected(both[0], both[1]);
  }

  @Test
  void answersStrangersWithErrorsNoLongerThanTheirRequests() {
    Node one = world.node(true);
    Candidate at = one.host("10.0.0.1", 1000);
    InetSocketAddress stranger = new InetSocketAddress("10.9.9.9", 9);
    TransactionId id = new TransactionId(1, 2);
    byte[] key = one.agent.localPwd().getBytes(StandardCharsets.UTF_8);
    String user = one.agent.localUfrag() + ":them";
    byte[] wrong = "wrong".getBytes(StandardCharsets.UTF_8);
    ByteBuffer[] requests = {
      new StunWriter(Kind.REQUEST, id).username(user).finish(),
      new StunWriter(Kind.REQUEST, id).username(user).integrity(wrong).finish(),
      new StunWriter(Kind.REQUEST, id).username("no:them").integrity(key).finish(),
      new StunWriter(Kind.REQUEST, id).username(user).integrity(key).finish(),
    };
    int[] errors = {400, 401, 401, 0};
    for (int i = 0; i < requests.length; i++) {
      one.agent.receive(at, stranger, requests[i], world.now);
      Transmit answer = Objects.requireNonNull(one.agent.poll(world.now));
      assertThat(answer.remote()).isEqualTo(stranger);
      StunMessage message = Objects.requireNonNull(StunMessage.parse(answer.packet()));
      assertThat(message.errorCode()).isEqualTo(errors[i]);
      assertThat(message.id()).isEqualTo(id);
      if (errors[i] != 0) {
        assertThat(answer.packet().remaining()).isLessThanOrEqualTo(requests[i].limit());
      } else {
        assertThat(message.mapped()).isEqualTo(stranger);
        assertThat(message.isAuthentic(key)).isTrue();
      }
    }
  }

  @Test
  void connectsOverBadWires() {
    for (int seed = 0; seed < 200; seed++) {
      IceWorld bad = new IceWorld(seed);
      bad.loss = 0.2;
      bad.spoil = 0.05;
      bad.twice = 0.1;
      bad.delay = 30 * IceWorld.MS;
      bad.jitter = 60 * IceWorld.MS;
      Node one = bad.node(bad.random.nextBoolean());
      Node other = bad.node(bad.random.nextBoolean());
      one.host("10.0.0.1", 1000);
      one.host("2001:db8::1", 1000);
      other.host("10.0.0.2", 2000);
      other.host("2001:db8::2", 2000);
      bad.introduce(one, other);
      bad.run(14_000);
      assertThat(one.agent.state()).as("seed %d", seed).isNotEqualTo(IceState.FAILED);
      assertThat(one.connectedAt).as("seed %d", seed).isPositive();
      assertThat(other.connectedAt).as("seed %d", seed).isPositive();
      bad.loss = 0;
      bad.run(10_000);
      assertConnected(one, other);
      // Both send the same way.
      assertThat(one.remote()).isEqualTo(other.local().address());
      assertThat(other.remote()).isEqualTo(one.local().address());
    }
  }

  @Test
  void hostileBytesChangeNothing() {
    Node[] both = connected();
    Random random = new Random(9);
    Candidate at = both[0].local();
    InetSocketAddress peer = both[0].remote();
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = new byte[random.nextInt(120)];
      random.nextBytes(noise);
      if (noise.length > 0) {
        noise[0] &= 1;
      }
      both[0].agent.receive(at, peer, ByteBuffer.wrap(noise), world.now);
      // Well formed, but not signed by the peer.
      ByteBuffer forged =
          new StunWriter(Kind.of(random.nextInt(0x200)), TransactionId.random(random))
              .username(both[0].agent.localUfrag() + ":x")
              .role(random.nextBoolean(), random.nextLong())
              .useCandidate()
              .error(403)
              .integrity(new byte[] {1})
              .finish();
      both[0].agent.receive(at, new InetSocketAddress("10.6.6.6", i), forged, world.now);
    }
    int queued = 0;
    while (both[0].agent.poll(world.now) != null) {
      queued++;
    }
    assertThat(queued).isLessThanOrEqualTo(256);
    world.run(60_000);
    assertConnected(both[0], both[1]);
    assertThat(both[0].events).containsExactly("CHECKING", "CONNECTED");
  }

  @Test
  void aPeerWithThousandsOfAddressesIsBounded() {
    Node one = world.node(false);
    Candidate at = one.host("10.0.0.1", 1000);
    Credentials peer = new Credentials("peer", "0123456789012345678901");
    one.agent.setRemote(peer.ufrag(), peer.pwd(), false, world.now);
    byte[] key = one.agent.localPwd().getBytes(StandardCharsets.UTF_8);
    for (int port = 1; port <= 5_000; port++) {
      one.agent.addRemoteCandidate("candidate:1 1 udp 5 10.1.1.1 " + port + " typ host", world.now);
      ByteBuffer check =
          new StunWriter(Kind.REQUEST, TransactionId.random(world.random))
              .username(one.agent.localUfrag() + ":peer")
              .priority(port)
              .role(true, 5)
              .integrity(key)
              .finish();
      one.agent.receive(at, new InetSocketAddress("10.2.2.2", port), check, world.now);
    }
    int before = world.packets;
    world.run(5_000);
    // The queue of answers, and at most 20 new checks a second and their repetitions.
    assertThat(world.packets - before).isLessThan(600);
  }

  @Test
  void toStringKeepsThePassword() {
    assertThat(new Credentials("u", "secret").toString()).doesNotContain("secret");
  }
}
