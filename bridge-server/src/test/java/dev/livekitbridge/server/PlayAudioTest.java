package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.JoinRoomResponse;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.proto.PlayAudioEvent;
import dev.livekitbridge.proto.PlayAudioEvent.EventType;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.proto.StopAudioResponse;
import dev.livekitbridge.server.playback.FileServer;
import dev.livekitbridge.server.playback.Wav;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files over http into a room in memory, over gRPC, in real time. */
@NullMarked
class PlayAudioTest {
  private final FileServer files = new FileServer();
  private final MemoryRooms rooms = MemoryRooms.create();
  private final BridgeService service =
      BridgeService.builder()
          .rooms(rooms)
          .options(
              BridgeServerOptions.builder()
                  .playback(PlaybackOptions.builder().allow("127.0.0.1").build())
                  .build())
          .build();
  private final String name = InProcessServerBuilder.generateName();
  private final Server server =
      InProcessServerBuilder.forName(name).directExecutor().addService(service).build();
  private final ManagedChannel channel =
      InProcessChannelBuilder.forName(name).directExecutor().build();
  private final LiveKitBridgeGrpc.LiveKitBridgeBlockingStub stub =
      LiveKitBridgeGrpc.newBlockingStub(channel);
  private final List<AudioFrame> heard = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    service.close();
    server.shutdownNow();
    rooms.close();
    files.close();
  }

  /** A call whose events are written down. */
  private final class Call implements ClientResponseObserver<PlayAudioRequest, PlayAudioEvent> {
    final List<PlayAudioEvent> events = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> end = new CompletableFuture<>();
    @Nullable ClientCallStreamObserver<PlayAudioRequest> call;

    Call(PlayAudioRequest.Builder request) {
      LiveKitBridgeGrpc.newStub(channel).playAudio(request.build(), this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<PlayAudioRequest> started) {
      call = started;
    }

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

    void cancel() {
      if (call != null) {
        call.cancel("the test", null);
      }
    }

    void awaitStarted() {
      await().until(() -> !events.isEmpty());
      assertThat(events.get(0).getType()).isEqualTo(EventType.STARTED);
    }

    PlayAudioEvent last() {
      end.join();
      assertThat(events.stream().filter(PlayAudioTest::isLast)).hasSize(1);
      PlayAudioEvent last = events.get(events.size() - 1);
      assertThat(isLast(last)).isTrue();
      return last;
    }
  }

  private static boolean isLast(PlayAudioEvent event) {
    return event.getType() == EventType.COMPLETED || event.getType() == EventType.FAILED;
  }

  private JoinRoomResponse join(JoinRoomRequest.Builder request) {
    MemoryParticipant listener = rooms.room("room").join("listener");
    listener.onAudio((identity, track, frame) -> heard.add(frame));
    return stub.joinRoom(request.build());
  }

  private PlayAudioRequest.Builder request(String id, String path) {
    return PlayAudioRequest.newBuilder()
        .setUserId("user")
        .setRequestId(id)
        .setAudioUrl(files.url(path))
        .setVolume(1);
  }

  private long heardMillis() {
    return heard.stream().mapToLong(AudioFrame::durationNanos).sum() / 1_000_000;
  }

  @Test
  void aFileIsPlayedToItsEndAndToldOf() {
    files.file("/a.wav", Wav.pcm(44_100, 2, 16).tone(440, 0.5, 1_200));
    join(InProcessBridge.request("user"));
    Iterator<PlayAudioEvent> events = stub.playAudio(request("one", "/a.wav").build());
    PlayAudioEvent started = events.next();
    assertThat(started.getType()).isEqualTo(EventType.STARTED);
    assertThat(started.getRequestId()).isEqualTo("one");
    assertThat(started.getDurationMs()).isEqualTo(1_200);
    for (int position : new int[] {500, 1_000}) {
      PlayAudioEvent progress = events.next();
      assertThat(progress.getType()).isEqualTo(EventType.PROGRESS);
      assertThat(progress.getPositionMs()).isBetween(position - 60L, position + 60L);
      assertThat(progress.getDurationMs()).isEqualTo(1_200);
    }
    PlayAudioEvent completed = events.next();
    assertThat(completed.getType()).isEqualTo(EventType.COMPLETED);
    assertThat(completed.getDurationMs()).isEqualTo(1_200);
    assertThat(events.hasNext()).isFalse();
    assertThat(heardMillis()).isBetween(1_200L, 1_210L);
  }

  @Test
  void aCancelledCallStopsTheSound() {
    files.file("/long.wav", Wav.pcm(16_000, 1, 16).tone(440, 0.5, 60_000));
    join(InProcessBridge.request("user"));
    Call call = new Call(request("one", "/long.wav"));
    call.awaitStarted();
    call.cancel();
    await().until(() -> !stopAudio("one").getSuccess());
    long silent = heardMillis();
    assertThat(heardMillis()).isEqualTo(silent);
  }

  private StopAudioResponse stopAudio(String requestId) {
    return stub.stopAudio(
        StopAudioRequest.newBuilder().setUserId("user").setRequestId(requestId).build());
  }

  @Test
  void withASessionIdItOutlivesItsCallAndIsHeardAgain() {
    files.file("/long.wav", Wav.pcm(16_000, 1, 16).tone(440, 0.5, 60_000));
    String session = join(InProcessBridge.resumable("user")).getSessionId();
    PlayAudioRequest.Builder request = request("one", "/long.wav").setSessionId(session);
    Call first = new Call(request);
    first.awaitStarted();
    first.cancel();
    Call second = new Call(request);
    second.awaitStarted();
    await().until(() -> second.events.size() > 1);
    assertThat(second.events.get(1).getType()).isEqualTo(EventType.PROGRESS);
    StopAudioResponse stopped =
        stub.stopAudio(
            StopAudioRequest.newBuilder()
                .setUserId("user")
                .setSessionId(session)
                .setReason("enough")
                .build());
    assertThat(stopped.getSuccess()).isTrue();
    assertThat(stopped.getStoppedRequestId()).isEqualTo("one");
    PlayAudioEvent last = second.last();
    assertThat(last.getType()).isEqualTo(EventType.FAILED);
    assertThat(last.getError()).isEqualTo("stopped: StopAudio: enough");
    assertThat(last.getMetadataMap()).containsEntry("stopped", "true");
    assertThat(last.getPositionMs()).isPositive();
    // Whoever comes later hears how it ended, and it is not played again.
    assertThat(new Call(request).last()).isEqualTo(last);
  }

  @Test
  void whatCannotBePlayedFailsInAnEvent() {
    files
        .file("/page", "<!DOCTYPE html><html>".getBytes(StandardCharsets.US_ASCII))
        .status("/gone.wav", 404);
    join(InProcessBridge.request("user"));
    PlayAudioEvent page = new Call(request("one", "/page?token=secret")).last();
    assertThat(page.getType()).isEqualTo(EventType.FAILED);
    assertThat(page.getError()).contains("web page").doesNotContain("secret");
    assertThat(page.getMetadataMap()).containsEntry("reason", "UNSUPPORTED");
    PlayAudioEvent gone = new Call(request("two", "/gone.wav")).last();
    assertThat(gone.getMetadataMap()).containsEntry("reason", "HTTP_STATUS");
    assertThat(gone.getError()).contains("404");
    PlayAudioEvent file = new Call(request("three", "").setAudioUrl("file:///etc/passwd")).last();
    assertThat(file.getMetadataMap()).containsEntry("reason", "BAD_URL");
    PlayAudioEvent inside =
        new Call(request("four", "").setAudioUrl("http://localhost:" + files.port())).last();
    assertThat(inside.getMetadataMap()).containsEntry("reason", "HTTP_STATUS");
    PlayAudioEvent metadata =
        new Call(request("five", "").setAudioUrl("http://169.254.169.254/latest")).last();
    assertThat(metadata.getMetadataMap()).containsEntry("reason", "ADDRESS_REFUSED");
  }

  @Test
  void anUnknownUserIsToldInAnEvent() {
    PlayAudioEvent last = new Call(request("one", "/a.wav")).last();
    assertThat(last.getError()).isEqualTo("session not found");
    assertThat(last.getMetadataMap()).containsEntry("reason", "NO_SESSION");
    assertThat(stopAudio("").getError()).isEqualTo("session not found");
  }

  @Test
  void badRequestsAreInvalid() {
    join(InProcessBridge.request("user"));
    for (float volume : new float[] {Float.NaN, -0.1f, 4.1f, Float.POSITIVE_INFINITY}) {
      assertInvalid(request("one", "/a.wav").setVolume(volume), "volume: " + volume);
    }
    assertInvalid(request("one", "/a.wav").setTrackId(-1), "track_id: -1");
    assertInvalid(request("one", "/a.wav").setUserId(""), "user_id: empty");
  }

  private void assertInvalid(PlayAudioRequest.Builder request, String text) {
    assertThatThrownBy(() -> stub.playAudio(request.build()).hasNext())
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(e).hasMessageContaining(text);
            });
  }

  @Test
  void anAbsurdRequestIdIsNotRepeated() {
    join(InProcessBridge.request("user"));
    assertInvalid(request("x".repeat(5_000), "/a.wav"), "request_id: 5000 characters");
    assertThat(stopAudio("x".repeat(5_000)).getError()).startsWith("request_id: 5000 characters");
    assertThat(stopAudio("a\nb").getError()).startsWith("request_id: a control character");
    assertThat(stopAudio("unknown").getError()).isEqualTo("no such playback: unknown");
  }

  @Test
  void aResumableSessionRefusesCallsWithoutItsId() {
    join(InProcessBridge.resumable("user"));
    assertThat(new Call(request("one", "/a.wav")).last().getMetadataMap())
        .containsEntry("reason", "SUPERSEDED");
    assertThat(new Call(request("one", "/a.wav").setSessionId("old")).last().getMetadataMap())
        .containsEntry("reason", "SUPERSEDED");
    assertThat(stopAudio("").getError()).contains("superseded");
  }
}
