package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Where the audio of one bridge goes on in that of another. */
class SeamTest {
  private static final long FRAME = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long SILENCE = 7;

  private static Heard heard(long at, long hash) {
    return new Heard("alice", hash, at * FRAME);
  }

  /** Frames whose content is their number, from one to another. */
  private static List<Heard> frames(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(n -> heard(n, 1_000 + n)).toList();
  }

  private static List<Long> passed(Seam seam, List<Heard> frames) {
    return frames.stream().filter(seam::isNew).map(Heard::hash).toList();
  }

  private static Seam find(List<Heard> delivered, List<Heard> kept) {
    return Seam.find(delivered, kept, false, delivered.get(delivered.size() - 1).nanos());
  }

  @Test
  void goesOnAfterTheLastFrameThatBothHave() {
    List<Heard> kept = frames(40, 60);
    Seam seam = find(frames(1, 50), kept);
    assertThat(seam.kind()).isEqualTo(SessionEvent.Join.MATCHED);
    assertThat(passed(seam, kept)).containsExactlyElementsOf(hashes(frames(51, 60)));
    assertThat(seam.settled(50 * FRAME)).isTrue();
  }

  @Test
  void whatTheOldBridgeWasAheadWithIsSkippedWhenTheNewOneBringsIt() {
    List<Heard> kept = frames(10, 20);
    Seam seam = find(frames(1, 24), kept);
    assertThat(passed(seam, kept)).isEmpty();
    assertThat(passed(seam, frames(21, 30))).containsExactlyElementsOf(hashes(frames(25, 30)));
  }

  @Test
  void whatTheNewBridgeBringsMuchLaterIsStillKnown() {
    Seam seam = find(frames(1, 24), frames(10, 20));
    assertThat(passed(seam, frames(10, 20))).isEmpty();
    assertThat(seam.settled(TimeUnit.SECONDS.toNanos(30))).isFalse();
    assertThat(passed(seam, frames(21, 30))).containsExactlyElementsOf(hashes(frames(25, 30)));
  }

  @Test
  void silenceAfterAnUnmistakableFrameIsCountedOff() {
    List<Heard> all = new ArrayList<>(frames(1, 20));
    for (int i = 21; i <= 60; i++) {
      all.add(heard(i, SILENCE));
    }
    List<Heard> kept = all.subList(5, 60);
    Seam seam = find(all.subList(0, 33), kept);
    assertThat(seam.kind()).isEqualTo(SessionEvent.Join.MATCHED);
    assertThat(passed(seam, kept)).hasSize(27);
  }

  @Test
  void aNewBridgeThatHasHeardNothingYetIsMatchedWhenItDoes() {
    Seam seam = find(frames(1, 30), List.of());
    assertThat(seam.kind()).isEqualTo(SessionEvent.Join.BY_TIME);
    assertThat(passed(seam, frames(28, 35))).containsExactlyElementsOf(hashes(frames(31, 35)));
  }

  @Test
  void aPacketThatTheOldBridgeNeverBroughtIsNewHoweverSlowThatWasAndTheHoleIsKnown() {
    List<Heard> old = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      old.add(new Heard("alice", 1_000 + i, (i + 30) * FRAME));
    }
    List<Heard> kept = frames(25, 45);
    Seam seam = Seam.find(old, kept, true, 50 * FRAME);
    assertThat(seam.kind()).isEqualTo(SessionEvent.Join.BY_TIME);
    assertThat(seam.torn()).isTrue();
    assertThat(passed(seam, kept)).containsExactlyElementsOf(hashes(kept));
    assertThat(find(frames(1, 50), frames(40, 60)).torn()).isFalse();
  }

  @Test
  void silentPacketsAreCutByTimeAsWell() {
    List<Heard> old = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      old.add(heard(i, SILENCE));
    }
    List<Heard> kept = old.subList(20, 50);
    Seam seam = Seam.find(old, kept, true, 50 * FRAME);
    assertThat(seam.torn()).isFalse();
    assertThat(passed(seam, kept)).isEmpty();
  }

  @Test
  void nothingButSilenceIsCutByTimeWithASeamOfAtMost40Ms() {
    for (int shift = -1; shift <= 1; shift++) {
      List<Heard> old = new ArrayList<>();
      List<Heard> kept = new ArrayList<>();
      for (int i = 1; i <= 50; i++) {
        old.add(heard(i, SILENCE));
      }
      for (int i = 20; i <= 70; i++) {
        kept.add(new Heard("alice", SILENCE, i * FRAME + shift * FRAME / 3));
      }
      Seam seam = find(old, kept);
      assertThat(seam.kind()).isEqualTo(SessionEvent.Join.BY_TIME);
      assertThat(passed(seam, kept)).hasSizeBetween(18, 22);
    }
  }

  @Test
  void decodersThatNeverGiveTheSameBytesAreCutByTime() {
    List<Heard> old = frames(1, 50);
    List<Heard> kept = new ArrayList<>();
    for (int i = 20; i <= 70; i++) {
      kept.add(new Heard("alice", 5_000_000 + i, i * FRAME + FRAME / 4));
    }
    Seam seam = find(old, kept);
    assertThat(seam.kind()).isEqualTo(SessionEvent.Join.BY_TIME);
    assertThat(passed(seam, kept)).hasSizeBetween(19, 21);
  }

  @Test
  void whoHasStoppedSpeakingIsNothingToMatch() {
    Seam seam = Seam.find(frames(1, 5), List.of(), false, 100 * FRAME);
    assertThat(seam.kind()).isEqualTo(SessionEvent.Join.SILENT);
    assertThat(Seam.find(List.of(), frames(1, 5), false, 0).kind())
        .isEqualTo(SessionEvent.Join.SILENT);
  }

  @Test
  void afterTheTimeHasDecidedARepeatedSoundIsNotTakenForAnOldOne() {
    List<Heard> old = new ArrayList<>(frames(1, 10));
    old.add(heard(11, SILENCE));
    Seam seam = Seam.find(old, List.of(), false, 11 * FRAME);
    List<Heard> fresh = List.of(heard(14, 9_001), heard(15, SILENCE), heard(16, 9_002));
    assertThat(passed(seam, fresh)).containsExactly(9_001L, SILENCE, 9_002L);
  }

  @Test
  void everyFrameOnceInOrderWhateverTheWindowsAndHowManySpeak() {
    for (long seed = 1; seed <= 3_000; seed++) {
      try {
        history(new Random(seed));
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** Two bridges hear the same speakers, each in its own mixture; the cut comes anywhere. */
  private static void history(Random random) {
    int speakers = 1 + random.nextInt(3);
    int length = 60 + random.nextInt(80);
    for (int s = 0; s < speakers; s++) {
      String who = "speaker-" + s;
      List<Heard> said = new ArrayList<>();
      boolean quiet = false;
      for (int i = 0; i < length; i++) {
        quiet = random.nextInt(8) == 0 ? !quiet : quiet;
        long hash = quiet && i % 20 != 5 ? SILENCE : random.nextLong() | 1L << 40;
        said.add(new Heard(who, hash, i * FRAME));
      }
      int joined = random.nextInt(length - 50);
      int cut = joined + 25 + random.nextInt(length - joined - 30);
      int arrived = Math.min(length, Math.max(joined + 22, cut - 8 + random.nextInt(16)));
      List<Heard> old = said.subList(Math.max(0, cut - 70), cut);
      List<Heard> kept = said.subList(joined, arrived);
      Seam seam = Seam.find(old, kept, random.nextBoolean(), cut * FRAME);
      assertThat(seam.kind()).isEqualTo(SessionEvent.Join.MATCHED);
      List<Heard> passed = new ArrayList<>(kept.stream().filter(seam::isNew).toList());
      said.subList(arrived, length).stream().filter(seam::isNew).forEach(passed::add);
      assertThat(passed).isEqualTo(said.subList(cut, length));
    }
  }

  private static List<Long> hashes(List<Heard> frames) {
    return frames.stream().map(Heard::hash).toList();
  }
}
