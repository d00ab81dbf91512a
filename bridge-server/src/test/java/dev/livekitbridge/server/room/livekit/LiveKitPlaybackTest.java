package dev.livekitbridge.server.room.livekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.proto.BridgeStatusRequest;
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
import dev.livekitbridge.server.room.RoomConnector;
import dev.livekitbridge.server.room.RoomHarness;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A file through a real LiveKit room, heard by LiveKit's own engine. */
class LiveKitPlaybackTest {
  private static final int HEARD_RATE = 16_000;
  private static final int AMPLITUDE = 8_000;
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void aFileIsHeardFromItsStartAtItsPitchAndLength() throws IOException {
    String name = InProcessServerBuilder.generateName();
    try (LiveKitHarness harness = new LiveKitHarness();
        FileServer files = new FileServer();
        BridgeService service = service(harness.connector())) {
      files
          .file("/low", Wav.pcm(44_100, 2, 16).tone(440, AMPLITUDE / 32_767.0, 3_000))
          .file("/high", Wav.pcm(8_000, 1, 16).tone(1_000, AMPLITUDE / 32_767.0, 2_000));
      RoomHarness.Foreign alice = harness.enter("playback", "alice");
      Server server =
          InProcessServerBuilder.forName(name).directExecutor().addService(service).build().start();
      ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
      LiveKitBridgeGrpc.LiveKitBridgeBlockingStub stub = LiveKitBridgeGrpc.newBlockingStub(channel);
      assertThat(
              stub.joinRoom(join(harness.url("playback"), harness.token("playback", "bridge")))
                  .getError())
          .isEmpty();
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

  /**
   * The server is killed and comes back. The second half of the file is held back until somebody is
   * there again to hear it, so that nothing depends on who is how fast.
   */
  @Test
  void aFileGoesOnInARoomThatWasLostAndRejoined() throws Exception {
    byte[] file = Wav.pcm(16_000, 1, 16).tone(440, AMPLITUDE / 32_767.0, 6_000);
    CountDownLatch heardAgain = new CountDownLatch(1);
    List<PlayAudioEvent> events = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> end = new CompletableFuture<>();
    String name = InProcessServerBuilder.generateName();
    try (LiveKitServer liveKit = LiveKitServer.start();
        ForeignParticipants foreigners = ForeignParticipants.python();
        LiveKitRooms rooms = LiveKitRooms.create();
        FileServer files = new FileServer();
        BridgeService service = service(rooms)) {
      files.on(
          "/tone",
          exchange -> {
            exchange.sendResponseHeaders(200, file.length);
            exchange.getResponseBody().write(file, 0, file.length / 2);
            exchange.getResponseBody().flush();
            heardAgain.await();
            exchange.getResponseBody().write(file, file.length / 2, file.length - file.length / 2);
            exchange.close();
          });
      Server server =
          InProcessServerBuilder.forName(name).directExecutor().addService(service).build().start();
      ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
      LiveKitBridgeGrpc.LiveKitBridgeBlockingStub stub = LiveKitBridgeGrpc.newBlockingStub(channel);
      RoomHarness.Foreign alice =
          foreigners.join(liveKit.url(), TestTokens.join("playback", "alice"));
      assertThat(
              stub.joinRoom(join(liveKit.url(), TestTokens.join("playback", "bridge"))).getError())
          .isEmpty();
      LiveKitBridgeGrpc.newStub(channel)
          .playAudio(request("tone", files.url("/tone"), 0), new Events(events, end));
      await().atMost(LONG).until(() -> windows(alice, "speaker", 440) > 25);
      BridgeStatusRequest status = BridgeStatusRequest.newBuilder().setUserId("user").build();
      liveKit.kill();
      await().atMost(LONG).until(() -> !stub.getStatus(status).getConnected());
      int told = events.size();
      await().atMost(LONG).until(() -> events.size() >= told + 3);
      long played = events.get(told + 1).getPositionMs();
      assertThat(events.get(told + 2).getPositionMs())
          .as("while nobody can hear")
          .isEqualTo(played);
      liveKit.restart();
      await().atMost(LONG).until(() -> stub.getStatus(status).getConnected());
      RoomHarness.Foreign bob = foreigners.join(liveKit.url(), TestTokens.join("playback", "bob"));
      // Where alice listens again the track does not wait for him: the file does.
      await().atMost(LONG).until(() -> !bob.heard().isEmpty());
      heardAgain.countDown();
      await().atMost(LONG).until(end::isDone);
      end.get();
      assertThat(events)
          .as(events.get(events.size() - 1).getError())
          .extracting(PlayAudioEvent::getType)
          .filteredOn(type -> type != EventType.PROGRESS)
          .containsExactly(EventType.STARTED, EventType.COMPLETED);
      assertThat(events).extracting(PlayAudioEvent::getPositionMs).isSorted();
      assertThat(events.get(events.size() - 1).getDurationMs()).isEqualTo(6_000);
      // Of the 3 s that were held back; what came before them he may have heard, too.
      await().atMost(LONG).until(() -> windows(bob, "speaker", 440) > 125);
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  private record Events(List<PlayAudioEvent> events, CompletableFuture<Void> end)
      implements StreamObserver<PlayAudioEvent> {
    @Override
    public void onNext(PlayAudioEvent event) {
      events.add(event);
    }

    @Override
    public void onError(Throwable error) {
      end.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
      end.complete(null);
    }
  }

  private static BridgeService service(RoomConnector rooms) {
    return BridgeService.builder()
        .rooms(rooms)
        .options(
            BridgeServerOptions.builder()
                .playback(PlaybackOptions.builder().allow("127.0.0.1").build())
                .build())
        .build();
  }

  private static JoinRoomRequest join(String url, String token) {
    return JoinRoomRequest.newBuilder()
        .setUserId("user")
        .setRoomName("playback")
        .setLivekitUrl(url)
        .setToken(token)
        .build();
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
