package dev.livekitbridge.examples.roomhost;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.testing.FakeClock;
import dev.livekitbridge.proto.AudioInput;
import dev.livekitbridge.server.room.RecordingListener;
import dev.livekitbridge.server.room.RoomJoin;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpeakerTest {
  private static final long FRAME_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final FakeClock clock = new FakeClock();
  private final MemoryRooms rooms = MemoryRooms.create(clock);
  private final MemoryParticipant alice = rooms.room("r").join("alice");
  private final SpeakerPacer pacer = new SpeakerPacer(clock.scheduler());
  private final RecordingListener listener = new RecordingListener();

  @BeforeEach
  void join() {
    RoomJoin join = new RoomJoin("memory:r", "", "bridge", "", "", AudioInput.BOTH, Set.of());
    assertThat(rooms.join(join, listener)).isCompleted();
  }

  @Test
  void speaksAtThePaceOfRealTime() {
    Speaker speaker = speaker(null, 0);
    pacer.add(speaker);
    clock.advance(Duration.ofMillis(199));
    assertThat(numbers()).containsExactlyElementsOf(LongStream.rangeClosed(1, 10).boxed().toList());
    assertThat(speaker.saidAtMillis()).hasSize(10);
    clock.advance(Duration.ofSeconds(1));
    assertThat(numbers()).hasSize(60);
    long[] saidAt = speaker.saidAtMillis();
    for (int i = 1; i < saidAt.length; i++) {
      assertThat(saidAt[i] - saidAt[i - 1]).isEqualTo(20);
    }
  }

  @Test
  void saysAfterAPauseWhatIsDue() {
    Speaker speaker = speaker(null, 0);
    speaker.speak();
    clock.advance(Duration.ofMillis(100));
    speaker.speak();
    assertThat(numbers()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void endsAfterItsFrames() {
    Speaker speaker = speaker("microphone", 3);
    pacer.add(speaker);
    clock.advance(Duration.ofSeconds(1));
    assertThat(numbers()).containsExactly(1L, 2L, 3L);
    assertThat(speaker.isFinished()).isTrue();
  }

  @Test
  void isSilentOnceItIsOut() {
    Speaker speaker = speaker(null, 0);
    pacer.add(speaker);
    clock.advance(Duration.ofMillis(30));
    rooms.room("r").remove("alice");
    clock.advance(Duration.ofMillis(100));
    assertThat(numbers()).containsExactly(1L, 2L);
    assertThat(speaker.isFinished()).isTrue();
  }

  @Test
  void aSoundGoesRoundWithoutASeam() {
    FrameSource loop = FrameSource.loop(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6}), 2);
    assertThat(loop.frame(1).toByteArray()).containsExactly(1, 2, 3, 4);
    assertThat(loop.frame(2).toByteArray()).containsExactly(5, 6, 1, 2);
    assertThat(loop.frame(3).toByteArray()).containsExactly(3, 4, 5, 6);
    assertThat(FrameSource.loop(ByteString.copyFrom(new byte[] {1, 2}), 3).frame(9).toByteArray())
        .containsExactly(1, 2, 1, 2, 1, 2);
  }

  private Speaker speaker(@Nullable String track, long frames) {
    return new Speaker(
        alice,
        track == null ? null : alice.publishTrack(track),
        FrameSource.numbered(1, 320),
        FRAME_NANOS,
        frames,
        clock);
  }

  private List<Long> numbers() {
    return listener.frames().stream()
        .map(AudioFrame::toByteString)
        .map(NumberedFrames::read)
        .map(NumberedFrames::number)
        .toList();
  }
}
