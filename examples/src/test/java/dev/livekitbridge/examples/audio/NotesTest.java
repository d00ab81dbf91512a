package dev.livekitbridge.examples.audio;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NotesTest {
  private static final int NOTE_SAMPLES = 1_600;

  private static ByteString notes(List<Integer> notes, int from, int samplesOfEach) {
    ByteString sound = ByteString.EMPTY;
    for (int note : notes) {
      sound = sound.concat(ByteString.copyFrom(Notes.pcm(note, from, samplesOfEach)));
    }
    return sound;
  }

  private static List<Integer> heard(ByteString sound) {
    List<Integer> heard = new ArrayList<>();
    NoteListener listener = new NoteListener(heard::add);
    // In the pieces of a jitter buffer, which are no multiple of anything.
    for (int at = 0; at < sound.size(); at += 614) {
      listener.accept(sound.substring(at, Math.min(sound.size(), at + 614)));
    }
    return heard;
  }

  @Test
  void everyNoteIsHeardOnceAndInOrder() {
    List<Integer> all = IntStream.range(0, Notes.COUNT).boxed().toList();
    assertThat(heard(notes(all, 0, NOTE_SAMPLES))).isEqualTo(all);
  }

  @Test
  void aMissingNoteIsMissingAndARepeatedOneIsHeardAgain() {
    assertThat(heard(notes(List.of(1, 2, 4, 5, 4, 5, 6), 0, NOTE_SAMPLES)))
        .containsExactly(1, 2, 4, 5, 4, 5, 6);
  }

  @Test
  void halfANoteIsEnoughAndASplinterIsNot() {
    assertThat(heard(notes(List.of(7, 8), 800, 800))).containsExactly(7, 8);
    assertThat(heard(notes(List.of(7, 8), 0, 160))).isEmpty();
  }

  @Test
  void silenceAndNoiseAreNoNotes() {
    long seed = 4;
    byte[] noise = new byte[64_000];
    new Random(seed).nextBytes(noise);
    assertThat(heard(ByteString.copyFrom(noise))).as("seed " + seed).isEmpty();
    assertThat(heard(ByteString.copyFrom(new byte[64_000]))).isEmpty();
  }
}
