package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.PlayAudioEvent.EventType;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.BridgeService;
import dev.livekitbridge.server.PlaybackOptions;
import dev.livekitbridge.server.playback.FileServer;
import dev.livekitbridge.server.playback.Wav;
import dev.livekitbridge.server.room.RoomHarness;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import org.junit.jupiter.api.Test;

/** A file through a real LiveKit room, heard by LiveKit's own engine. */
class LiveKitPlaybackTest {
  private static final int HEARD_RATE = 16_000;
  private static final int AMPLITUDE = 8_000;

  @Test
  void aFileIsHeardFromItsStartAtItsPitchAndLength() throws IOException {
    String name = InProcessServerBuilder.generateName();
    try (LiveKitHarness harness = new LiveKitHarness();
        FileServer files = new FileServer();
        BridgeService service =
            BridgeService.builder()
                .rooms(harness.connector())
                .options(
                    BridgeServerOptions.builder()
                        .playback(PlaybackOptions.builder().allow("127.0.0.1").build())
                        .build())
                .build()) {
      files
          .file("/low", Wav.pcm(44_100, 2, 16).tone(440, AMPLITUDE / 32_767.0, 3_000))
          .file("/high", Wav.pcm(8_000, 1, 16).tone(1_000, AMPLITUDE / 32_767.0, 2_000));
      RoomHarness.Foreign alice = harness.enter("playback", "alice");
      Server server =
          InProcessServerBuilder.forName(name).directExecutor().addService(service).build().start();
      ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
      LiveKitBridgeGrpc.LiveKitBridgeBlockingStub stub = LiveKitBridgeGrpc.newBlockingStub(channel);
      JoinRoomRequest join =
          JoinRoomRequest.newBuilder()
              .setUserId("user")
              .setRoomName("playback")
              .setLivekitUrl(harness.url("playback"))
              .setToken(harness.token("playback", "bridge"))
              .build();
      assertThat(stub.joinRoom(join).getError()).isEmpty();
      Iterator<PlayAudioEvent> low = stub.playAudio(request("low", files.url("/low"), 0));
      Iterator<PlayAudioEvent> high = stub.playAudio(request("high", files.url("/high"), 2));
      assertThat(last(low).getDurationMs()).isEqualTo(3_000);
      assertThat(last(high).getDurationMs()).isEqualTo(2_000);
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> {
                // Nothing is missing; a listener's jitter buffer may stretch what came unevenly.
                assertThat(windows(alice, "speaker", 440)).isBetween(146, 165);
                assertThat(windows(alice, "tts", 1_000)).isBetween(96, 110);
              });
      assertThat(windows(alice, "speaker", 1_000)).isZero();
      alice.leave();
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  private static PlayAudioRequest request(String id, String url, int track) {
    return PlayAudioRequest.newBuilder()
        .setUserId("user")
        .setRequestId(id)
        .setAudioUrl(url)
        .setVolume(1)
        .setTrackId(track)
        .build();
  }

  private static PlayAudioEvent last(Iterator<PlayAudioEvent> events) {
    PlayAudioEvent last = events.next();
    while (events.hasNext()) {
      last = events.next();
    }
    assertThat(last.getType()).as(last.getError()).isEqualTo(EventType.COMPLETED);
    return last;
  }

  private static int windows(RoomHarness.Foreign who, String track, double hertz) {
    short[] samples =
        Tone.samples(
            who.heard().stream()
                .filter(each -> each.trackName().equals(track))
                .map(RoomHarness.Heard::frame)
                .toList());
    return Tone.windowsWith(samples, hertz, AMPLITUDE, HEARD_RATE);
  }
}
