package dev.livekitbridge.examples.playmusic;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.PlayRequest;
import dev.livekitbridge.client.Playback;
import dev.livekitbridge.client.PlaybackEvent;
import dev.livekitbridge.client.PlaybackResult;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.PlaybackOptions;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Speaks over music. One process holds all: a web server with the two files, a bridge with a room,
 * a service, and somebody in the room who writes down what is heard.
 */
public final class MusicDemo {
  private static final int TAIL_SECONDS = 2;

  private MusicDemo() {}

  /**
   * What came of it.
   *
   * @param speech how the voice ended
   * @param music how the music ended
   * @param tracks that the room heard
   */
  record Outcome(PlaybackResult speech, PlaybackResult music, Set<String> tracks) {}

  static Outcome run(Path recording, int speechSeconds) throws IOException, InterruptedException {
    MemoryRooms rooms = MemoryRooms.create();
    Ear ear = new Ear(speechSeconds + 30);
    rooms.room("lounge").join("listener").onAudio(ear::hear);
    // Files on the loopback are fetched only because this says so.
    BridgeServerOptions options =
        BridgeServerOptions.builder()
            .playback(PlaybackOptions.builder().allow("127.0.0.1").build())
            .build();
    try (Sounds sounds = new Sounds(speechSeconds);
        BridgeServer bridge =
            BridgeServer.builder()
                .host("127.0.0.1")
                .port(0)
                .rooms(rooms)
                .options(options)
                .build()
                .start();
        BridgeClient client = BridgeClient.builder("127.0.0.1:" + bridge.port()).build()) {
      BridgeSession session =
          client.open(
              SessionRequest.builder("host").room("lounge").liveKitUrl("memory:lounge").build());

      CountDownLatch begun = new CountDownLatch(1);
      Playback music =
          session.play(
              PlayRequest.url(sounds.url("music.wav"))
                  .track(TrackId.APP_AUDIO)
                  .volume(0.4f)
                  .onEvent(
                      event -> {
                        tell("music", event);
                        // Its first sound, or its end.
                        begun.countDown();
                      })
                  .build());
      begun.await();
      TimeUnit.SECONDS.sleep(TAIL_SECONDS);
      // Another track: the music goes on under it.
      Playback speech =
          session.play(
              PlayRequest.url(sounds.url("speech.wav"))
                  .track(TrackId.TTS)
                  .onEvent(event -> tell("speech", event))
                  .build());
      PlaybackResult spoken = speech.completion().join();
      TimeUnit.SECONDS.sleep(TAIL_SECONDS);
      music.stop();
      PlaybackResult played = music.completion().join();
      session.close();
      Files.write(recording, ear.recording());
      return new Outcome(spoken, played, ear.tracks());
    } finally {
      rooms.close();
    }
  }

  private static void tell(String what, PlaybackEvent event) {
    if (!(event instanceof PlaybackEvent.Progress)) {
      System.out.println(what + ": " + event);
    }
  }

  /**
   * Runs it.
   *
   * @param args the WAV file to write; {@code mix.wav} by default
   * @throws Exception if it cannot be written
   */
  public static void main(String[] args) throws Exception {
    Path recording = Path.of(args.length > 0 ? args[0] : "mix.wav");
    Outcome outcome = run(recording, 12);
    System.out.println("the room heard " + outcome.tracks() + "; " + recording + " is the mix");
    System.exit(outcome.speech().completed() ? 0 : 1);
  }
}
