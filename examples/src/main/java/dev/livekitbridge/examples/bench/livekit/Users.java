package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.examples.bench.load.Arrivals;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The service: one session for each user, each in a room of its own. */
final class Users implements Hearers, AutoCloseable {
  static final String SPEAKER = "speaker";

  private static final int OPEN_LIMIT_SECONDS = 30;

  private final LiveKitAccess access;
  private final BridgeClient client;
  private final List<BridgeSession> sessions = new ArrayList<>();
  private volatile Arrivals arrivals = new Arrivals(1);

  Users(LiveKitAccess access, int port) {
    this.access = access;
    this.client = BridgeClient.builder("127.0.0.1:" + port).build();
  }

  static String room(int user) {
    return "bench-" + user;
  }

  @Override
  public void count(Arrivals next) {
    arrivals = next;
  }

  @Override
  public void open(int count) throws InterruptedException {
    while (sessions.size() < count) {
      int user = sessions.size();
      BridgeSession session =
          client.open(
              request("user-" + user, room(user))
                  .targetIdentity(SPEAKER)
                  .resumeKey("key-" + user)
                  .onAudio(frame -> arrivals.arrived(frame.toByteString()))
                  // Counting does not block, so that it may run where the frame arrives.
                  .executor(Runnable::run)
                  .build());
      sessions.add(session);
      awaitConnected(session);
    }
  }

  /** One more session, that the caller speaks with and closes. */
  BridgeSession speaker(String user, String room, Duration liveMaxDelay)
      throws InterruptedException {
    BridgeSession session =
        client.open(request(user, room).liveMaxDelay(liveMaxDelay).resumeKey("key").build());
    awaitConnected(session);
    return session;
  }

  private SessionRequest.Builder request(String user, String room) {
    return SessionRequest.builder(user)
        .room(room)
        .liveKitUrl(access.url())
        .tokens(join -> access.joinToken(room, join.identity()));
  }

  private static void awaitConnected(BridgeSession session) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(OPEN_LIMIT_SECONDS);
    while (session.state() != ConnectionState.CONNECTED) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new IllegalStateException(
            session.userId() + " is " + session.state() + " after " + OPEN_LIMIT_SECONDS + " s");
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public void leave() {
    sessions.forEach(session -> session.close(Duration.ZERO));
    sessions.clear();
  }

  @Override
  public void close() {
    client.close(Duration.ZERO);
  }
}
