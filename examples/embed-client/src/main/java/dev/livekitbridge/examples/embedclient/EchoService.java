package dev.livekitbridge.examples.embedclient;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A service that says back whatever it hears in a room. */
public final class EchoService implements AutoCloseable {
  private final BridgeClient client;
  private final BridgeSession session;

  /**
   * Goes to a room; returns at once. Audio flows as soon as the bridge is there, and again whenever
   * it was away.
   *
   * @param bridge {@code host:port} or {@code unix:/path}
   * @param roomUrl such as {@code memory:standup} or {@code ws://localhost:7880}
   * @param room name of the room
   * @param user whose session
   * @param resumeKey a secret that stays the same when this service restarts, so that the session
   *     and what was said meanwhile are still there; or null
   */
  public EchoService(
      String bridge, String roomUrl, String room, String user, @Nullable String resumeKey) {
    client = BridgeClient.builder(bridge).build();
    SessionRequest.Builder request =
        SessionRequest.builder(user)
            .liveKitUrl(roomUrl)
            .room(room)
            // With LiveKit, mint one for each join: .tokens(join -> mintToken(join.identity()))
            // The default, data packets alone, has nothing of what people say into a microphone.
            .audioSource(SessionRequest.AudioSource.BOTH)
            .onAudio(this::echo)
            .onEvent(EchoService::report);
    if (resumeKey != null) {
      request.resumeKey(resumeKey);
    }
    session = client.open(request.build());
  }

  private void echo(AudioFrame frame) {
    // Never blocks. While the bridge is away the frame is kept and sent later.
    session.send(
        AudioFrame.wrap(
            frame.toByteArray(), frame.format(), TrackId.SPEAKER, frame.timestampMillis()));
  }

  private static void report(SessionEvent event) {
    // Every event is a record: match on those that matter to you.
    if (event instanceof SessionEvent.StateChanged changed) {
      System.out.println(changed.from() + " -> " + changed.to());
    } else if (event instanceof SessionEvent.FramesLost lost) {
      System.out.println("lost: " + lost.span());
    }
  }

  /**
   * When the session is over for good.
   *
   * @return completes with the reason
   */
  public CompletableFuture<CloseReason> closed() {
    return session.closed().toCompletableFuture();
  }

  /** Lets what was accepted play out, then leaves the room. */
  @Override
  public void close() {
    session.close();
    client.close();
  }

  /**
   * Runs it until Ctrl-C.
   *
   * @param args bridge, room URL, room, user
   */
  public static void main(String[] args) {
    if (args.length != 4) {
      System.err.println("usage: EchoService BRIDGE ROOM_URL ROOM USER");
      System.err.println("   eg: EchoService localhost:9090 memory:standup standup echo");
      System.exit(2);
    }
    EchoService echo =
        new EchoService(args[0], args[1], args[2], args[3], System.getenv("RESUME_KEY"));
    Runtime.getRuntime().addShutdownHook(new Thread(echo::close));
    System.out.println("ended: " + echo.closed().join());
  }
}
