package dev.livekitbridge.server.playback;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.livekitbridge.server.playback.PlaybackFault.Kind;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
class FileSoundTest {
  @Test
  void aClosedSoundIsNotReleasedBeforeItsThreadIsBack() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    CompletableFuture<Void> back = new CompletableFuture<>();
    FileSound sound =
        new FileSound(
            cancel -> {
              // As a name server that does not answer: nothing ends this.
              Uninterruptibles.awaitUninterruptibly(answer);
              throw new PlaybackException(Kind.UNREACHABLE, "no such host");
            },
            16_000,
            work -> CompletableFuture.runAsync(work).thenRun(() -> back.complete(null)),
            new Turns(1),
            () -> {},
            () -> {});
    sound.begin();
    assertThat(sound.released()).isFalse();
    sound.close();
    assertThat(sound.released()).isFalse();
    answer.countDown();
    back.get();
    assertThat(sound.released()).isTrue();
  }

  @Test
  void anErrorOfAProviderEndsTheSoundAndIsNotTriedAgain() {
    AtomicInteger opened = new AtomicInteger();
    FileSound sound =
        new FileSound(
            cancel -> {
              // A bound for a sound that does not end.
              if (opened.incrementAndGet() < 5) {
                throw new NoClassDefFoundError("some/provider/Decoder");
              }
              throw new PlaybackException(Kind.OVERLOADED, "opened too often");
            },
            16_000,
            Runnable::run,
            new Turns(1),
            () -> {},
            () -> {});
    try {
      sound.begin();
    } catch (NoClassDefFoundError e) {
      // What a worker would die of.
    }
    assertThat(sound.ended()).isTrue();
    assertThat(Objects.requireNonNull(sound.fault()).kind()).isEqualTo(Kind.BROKEN);
    assertThat(opened).hasValue(1);
  }
}
