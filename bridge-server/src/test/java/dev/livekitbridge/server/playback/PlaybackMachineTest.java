package dev.livekitbridge.server.playback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.server.playback.PlaybackMachine.Action;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@NullMarked
class PlaybackMachineTest {
  private static final int RATE = 48_000;
  private static final long LEAD = 40_000_000L;
  private static final PlaybackSettings SETTINGS =
      new PlaybackSettings(
          AllowList.of(List.of()),
          8,
          100,
          5_000_000_000L,
          30_000_000_000L,
          1 << 20,
          2 * 3_600_000_000_000L);

  /** All of it is there from the beginning. */
  private static final class Endless implements Sound {
    long left = Long.MAX_VALUE;

    @Override
    public boolean reached() {
      return true;
    }

    @Override
    public int available() {
      return (int) Math.min(RATE, left);
    }

    @Override
    public boolean ended() {
      return left < RATE;
    }

    @Override
    public @Nullable PlaybackFault fault() {
      return null;
    }

    @Override
    public long durationNanos() {
      return UNKNOWN;
    }

    @Override
    public int read(short[] into, int offset, int most) {
      throw new AssertionError("a machine reads no samples");
    }

    @Override
    public void close() {}

    @Override
    public boolean released() {
      return true;
    }
  }

  @Test
  void timersThatAreLateDoNotAddUp() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Endless sound = new Endless();
    long now = 77;
    PlaybackMachine machine = new PlaybackMachine(SETTINGS, RATE, LEAD, now);
    assertThat(machine.next(sound, now)).isEqualTo(Action.PREPARE_TRACK);
    machine.trackReady();
    assertThat(machine.next(sound, now)).isEqualTo(Action.STARTED);
    long begun = now;
    long late = 0;
    while (now - begun < 3_600_000_000_000L) {
      Action action = machine.next(sound, now);
      if (action == Action.WAIT) {
        // Mostly on time, now and then held up for up to 150 ms.
        long delay = random.nextInt(100) == 0 ? random.nextInt(150_000_000) : 500_000;
        now = machine.wakeNanos() + delay;
        late = Math.max(late, delay);
      }
    }
    assertThat(machine.positionNanos(now) - (now - begun))
        .as("off the clock after an hour, seed %d", seed)
        .isBetween(-50_000_000L, 50_000_000L);
    assertThat(late).isGreaterThan(100_000_000L);
  }

  @Test
  void aLongSilenceOfTheProcessIsAPauseNotABurst() {
    Endless sound = new Endless();
    PlaybackMachine machine = new PlaybackMachine(SETTINGS, RATE, LEAD, 0);
    machine.next(sound, 0);
    machine.trackReady();
    long given = drain(machine, sound, 0);
    given += drain(machine, sound, 3_000_000_000L);
    assertThat(given).as("frames at once").isLessThanOrEqualTo(6);
  }

  private static long drain(PlaybackMachine machine, Sound sound, long now) {
    long frames = 0;
    for (Action action = machine.next(sound, now);
        action != Action.WAIT;
        action = machine.next(sound, now)) {
      frames += action == Action.PLAY ? 1 : 0;
    }
    return frames;
  }

  @Test
  void whatIsTooLongIsRefusedAtOnceWhereItIsKnownAndCutElsewhere() {
    PlaybackSettings brief =
        new PlaybackSettings(
            AllowList.of(List.of()), 8, 100, 5_000_000_000L, 30_000_000_000L, 1, 100_000_000L);
    Endless sound = new Endless();
    PlaybackMachine machine = new PlaybackMachine(brief, RATE, LEAD, 0);
    machine.next(sound, 0);
    machine.trackReady();
    drain(machine, sound, 0);
    Action last = Action.WAIT;
    for (long now = 0; now < 200_000_000L && last != Action.FAILED; now += 20_000_000L) {
      do {
        last = machine.next(sound, now);
      } while (last != Action.WAIT && last != Action.FAILED);
    }
    assertThat(last).isEqualTo(Action.FAILED);
    assertThat(machine.fault().kind()).isEqualTo(PlaybackFault.Kind.TOO_LONG);
  }
}
