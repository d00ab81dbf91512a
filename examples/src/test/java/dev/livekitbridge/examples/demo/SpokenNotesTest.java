package dev.livekitbridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.livekitbridge.examples.audio.NoteListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SpokenNotesTest {
  private static final int SAMPLES = 320;

  private final List<Long> heard = new ArrayList<>();
  private final SpokenNotes notes = new SpokenNotes();
  private final NoteListener ear = new NoteListener(note -> heard.add(notes.heard(note)));

  private void say(int run, int from, int to) {
    for (int number = from; number < to; number++) {
      for (int i = 0; i < SpokenNotes.FRAMES; i++) {
        long frame = (long) number * SpokenNotes.FRAMES + i;
        ear.accept(ByteString.copyFrom(SpokenNotes.pcm(run, frame, SAMPLES)));
      }
    }
  }

  private static List<Long> numbers(int run, int from, int to) {
    return IntStream.range(from, to).mapToObj(n -> FrameFlow.number(run, n)).toList();
  }

  @Test
  void isFollowedRoundAfterRound() {
    say(1, 0, 300);
    assertThat(heard).isEqualTo(numbers(1, 0, 300));
  }

  @Test
  void isFollowedAcrossALossAndARepetition() {
    say(1, 3, 20);
    say(1, 60, 70);
    say(1, 66, 72);
    List<Long> expected = new ArrayList<>(numbers(1, 3, 20));
    expected.addAll(numbers(1, 60, 70));
    expected.addAll(numbers(1, 66, 72));
    assertThat(heard).isEqualTo(expected);
  }

  @Test
  void aServiceThatWasStartedAgainBeginsANewRun() {
    say(1, 0, 40);
    say(2, 0, 70);
    List<Long> expected = new ArrayList<>(numbers(1, 0, 40));
    expected.addAll(numbers(2, 0, 70));
    assertThat(heard).isEqualTo(expected);
  }

  @Test
  void whatTheEarMissesIsCountedAsSuchAndMoreIsNot() {
    FrameFlow flow = new FrameFlow("service -> room", SpokenNotes.MILLIS);
    LongStream.range(0, 200).forEach(n -> flow.sent(FrameFlow.number(1, (int) n), 1_000 + 100 * n));
    LongStream.range(0, 200)
        .filter(n -> n >= 12 && n != 50 && n != 51)
        .forEach(n -> flow.heard(FrameFlow.number(1, (int) n), 1_100 + 100 * n));
    assertThat(flow.byEar()).isTrue();
    assertThat(flow.lostBeforeTheFirst(Duration.ofSeconds(2))).isEqualTo(12);
    assertThat(flow.lost()).isEqualTo(14);
  }
}
