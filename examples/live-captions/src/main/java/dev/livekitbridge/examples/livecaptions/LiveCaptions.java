package dev.livekitbridge.examples.livecaptions;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFrame;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes down what is said in a room, speaker by speaker, while it is said. A slow recogniser holds
 * up nobody: what it has no time for is dropped by the session, oldest first, counted, and told to
 * it as a gap.
 */
public final class LiveCaptions implements AutoCloseable {
  private final Recognizer recognizer;
  private final Consumer<Caption> captions;
  private final BridgeClient client;
  private final BridgeSession session;
  // The session's callbacks come one at a time.
  private final Map<String, Recognizer.Listening> speakers = new HashMap<>();

  /**
   * Goes to a room; returns at once.
   *
   * @param bridge {@code host:port}, {@code unix:/path} or {@code dns:///name:port}
   * @param roomUrl such as {@code memory:standup} or {@code ws://localhost:7880}
   * @param room name of the room
   * @param user as whom it is there
   * @param recognizer understands
   * @param captions reads
   */
  public LiveCaptions(
      String bridge,
      String roomUrl,
      String room,
      String user,
      Recognizer recognizer,
      Consumer<Caption> captions) {
    this.recognizer = recognizer;
    this.captions = captions;
    client = BridgeClient.builder(bridge).build();
    session =
        client.open(
            SessionRequest.builder(user)
                .liveKitUrl(roomUrl)
                .room(room)
                // With LiveKit, mint one for each join: .tokens(join -> mintToken(join.identity()))
                // The default, data packets alone, has nothing of what people say into a
                // microphone.
                .audioSource(SessionRequest.AudioSource.BOTH)
                .onAudio(this::hear)
                .onEvent(this::heed)
                .build());
  }

  private void hear(AudioFrame frame) {
    String speaker = frame.source().isEmpty() ? "somebody" : frame.source();
    speakers
        .computeIfAbsent(speaker, name -> recognizer.listen(name, captions))
        .hear(frame.toByteArray(), frame.timestampMillis());
  }

  private void heed(SessionEvent event) {
    if (event instanceof SessionEvent.FramesLost) {
      speakers.values().forEach(Recognizer.Listening::gap);
    } else if (event instanceof SessionEvent.Closed) {
      speakers.values().forEach(Recognizer.Listening::close);
      speakers.clear();
    }
  }

  /** Leaves the room; what was said so far is written to its end. */
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
      System.err.println("usage: LiveCaptions BRIDGE ROOM_URL ROOM USER");
      System.err.println("   eg: LiveCaptions localhost:9090 memory:standup standup captions");
      System.exit(2);
    }
    LiveCaptions live =
        new LiveCaptions(
            args[0],
            args[1],
            args[2],
            args[3],
            new LoudnessRecognizer(),
            caption -> System.out.println(caption.speaker() + ": " + caption.text()));
    Runtime.getRuntime().addShutdownHook(new Thread(live::close));
    live.session.closed().toCompletableFuture().join();
  }
}
