package dev.livekitbridge.examples.bench.load;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SendResult;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.client.SessionStats;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.TrackId;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A service with a client of the bridge: resumable sessions, everything on; or sessions that only
 * use the first table of the wire, so that nothing is acknowledged or kept.
 */
final class ServiceEnd implements LoadEnd {
  private static final int OPEN_LIMIT_SECONDS = 60;

  private final LoadPlan plan;
  private final Arrivals arrivals;
  private final BridgeClient client;
  private final AutoCloseable resources;
  private final boolean reliable;
  private final List<BridgeSession> sessions = new ArrayList<>();

  private ServiceEnd(
      LoadPlan plan,
      Arrivals arrivals,
      BridgeClient client,
      AutoCloseable resources,
      boolean reliable) {
    this.plan = plan;
    this.arrivals = arrivals;
    this.client = client;
    this.resources = resources;
    this.reliable = reliable;
  }

  static ServiceEnd reliable(LoadPlan plan, Arrivals arrivals, int port) {
    BridgeClient client = BridgeClient.builder("127.0.0.1:" + port).build();
    return new ServiceEnd(plan, arrivals, client, () -> {}, true);
  }

  static ServiceEnd plain(LoadPlan plan, Arrivals arrivals, int port) {
    BareLoop loop = BareLoop.create();
    BridgeClient client =
        BridgeClient.builder("127.0.0.1:" + port)
            .channels(
                target ->
                    NettyChannelBuilder.forTarget(target)
                        .usePlaintext()
                        .eventLoopGroup(loop.group())
                        .channelType(loop.clientChannel())
                        .intercept(new WithoutSessionId()))
            .build();
    return new ServiceEnd(plan, arrivals, client, loop, false);
  }

  @Override
  public int open() throws InterruptedException {
    for (int i = 0; i < plan.sessions(); i++) {
      sessions.add(client.open(request(i)));
    }
    for (BridgeSession session : sessions) {
      for (int tries = 0; session.state() != ConnectionState.CONNECTED; tries++) {
        if (tries == 100 * OPEN_LIMIT_SECONDS) {
          throw new IllegalStateException(
              session.userId() + " is " + session.state() + " after " + OPEN_LIMIT_SECONDS + " s");
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
    return 0;
  }

  private SessionRequest request(int session) {
    String room = BridgeEnd.room(session);
    return SessionRequest.builder("user-" + session)
        .room(room)
        .liveKitUrl("memory:" + room)
        .targetIdentity(BridgeEnd.SPEAKER)
        .tokens(join -> "not needed in a memory room")
        .resumeKey(reliable ? "key-" + session : "")
        .resumeWindow(reliable ? Duration.ofSeconds(10) : Duration.ZERO)
        .onAudio(frame -> arrivals.arrived(frame.toByteString()))
        // Counting does not block, so that it may run where the frame arrives, as in bare gRPC.
        .executor(Runnable::run)
        .build();
  }

  @Override
  public boolean send(int session, byte[] pcm) {
    AudioFrame frame =
        AudioFrame.wrap(pcm, AudioFormat.VOICE, TrackId.SPEAKER, System.currentTimeMillis());
    return sessions.get(session).send(frame) != SendResult.DROPPED;
  }

  @Override
  public Map<String, Long> counts() {
    FrameCounts sent = FrameCounts.NONE;
    FrameCounts received = FrameCounts.NONE;
    for (BridgeSession session : sessions) {
      SessionStats stats = session.stats();
      sent = sent.plus(stats.sent());
      received = received.plus(stats.received());
    }
    return LoadEnd.counts(sent, received);
  }

  @Override
  public void close() {
    client.close();
    try {
      resources.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
