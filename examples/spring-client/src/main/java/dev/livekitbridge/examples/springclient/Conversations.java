package dev.livekitbridge.examples.springclient;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Service;

/**
 * The users' sessions. When the service shuts down they end before the web server and the client
 * do, all at once, and each is heard to its last word.
 */
@Service
class Conversations implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Conversations.class);

  private final BridgeClient client;
  private final BridgeProperties properties;
  private final Map<String, BridgeSession> sessions = new ConcurrentHashMap<>();
  private volatile boolean running;

  Conversations(BridgeClient client, BridgeProperties properties) {
    this.client = client;
    this.properties = properties;
  }

  /** Begins one, unless it is there; returns at once. */
  void begin(String user, String roomUrl, String room) {
    sessions.computeIfAbsent(user, name -> open(name, roomUrl, room));
  }

  /** Ends one; returns at once. */
  boolean end(String user) {
    BridgeSession session = sessions.remove(user);
    if (session != null) {
      session.beginClose(properties.playOut());
    }
    return session != null;
  }

  private BridgeSession open(String user, String roomUrl, String room) {
    Echo echo = new Echo();
    SessionRequest.Builder request =
        SessionRequest.builder(user)
            .liveKitUrl(roomUrl)
            .room(room)
            // With LiveKit, mint one for each join: .tokens(join -> mintToken(join.identity()))
            // The default, data packets alone, has nothing of what people say into a microphone.
            .audioSource(SessionRequest.AudioSource.BOTH)
            .onAudio(echo::say)
            .onEvent(event -> report(user, event));
    if (!properties.resumeKey().isBlank()) {
      request.resumeKey(properties.resumeKey());
    }
    echo.session = client.open(request.build());
    return echo.session;
  }

  private static void report(String user, SessionEvent event) {
    if (event instanceof SessionEvent.FramesLost lost) {
      log.warn("user={} lost={}", user, lost.span());
    }
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  /** Spring's shutdown goes on when all have ended; its own timeout bounds that. */
  @Override
  public void stop(Runnable callback) {
    running = false;
    CompletableFuture<?>[] ends =
        sessions.values().stream()
            .map(
                session -> {
                  session.beginClose(properties.playOut());
                  return session.closed().toCompletableFuture();
                })
            .toArray(CompletableFuture<?>[]::new);
    sessions.clear();
    CompletableFuture.allOf(ends).whenComplete((done, error) -> callback.run());
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private static final class Echo {
    private volatile BridgeSession session;

    /** On a thread of the client; never blocks. */
    void say(AudioFrame frame) {
      BridgeSession to = session;
      if (to != null) {
        to.send(
            AudioFrame.wrap(
                frame.toByteArray(), frame.format(), TrackId.SPEAKER, frame.timestampMillis()));
      }
    }
  }
}
