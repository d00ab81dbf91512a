package dev.livekitbridge.server.playback;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Sounds of files as a session would read them, but as fast as they come. */
@NullMarked
final class Fetched implements AutoCloseable {
  static final int RATE = 16_000;

  private final ExecutorService workers = Executors.newCachedThreadPool();
  final HttpSounds sounds;

  Fetched(String... allowed) {
    this(settings(200_000_000, Duration.ofSeconds(2), allowed), InetAddress::getAllByName);
  }

  Fetched(PlaybackSettings settings, GuardedResolver.Lookup lookup) {
    sounds = new HttpSounds(settings, workers, lookup);
  }

  static PlaybackSettings settings(long maxBytes, Duration stall, String... allowed) {
    return new PlaybackSettings(
        AllowList.of(List.of(allowed)),
        8,
        100,
        5_000_000_000L,
        stall.toNanos(),
        maxBytes,
        Duration.ofHours(2).toNanos());
  }

  /** What became of a file. */
  static final class Result {
    private final short[] samples;
    private final long durationNanos;
    private final @Nullable PlaybackFault fault;

    Result(short[] samples, long durationNanos, @Nullable PlaybackFault fault) {
      this.samples = samples;
      this.durationNanos = durationNanos;
      this.fault = fault;
    }

    /** All that came. */
    short[] samples() {
      return samples;
    }

    long durationNanos() {
      return durationNanos;
    }

    @Nullable PlaybackFault fault() {
      return fault;
    }

    int millis() {
      return samples.length * 1_000 / RATE;
    }

    PlaybackFault failure(PlaybackFault.Kind kind) {
      PlaybackFault failure = fault;
      if (failure == null) {
        throw new AssertionError("it did not fail; expected: " + kind);
      }
      assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
      return failure;
    }
  }

  Result all(String url) {
    return some(url, Integer.MAX_VALUE);
  }

  /** At most so many samples, then it is closed. */
  Result some(String url, int most) {
    Semaphore changes = new Semaphore(0);
    Sound sound = sounds.open(url, RATE, changes::release);
    short[] samples = new short[RATE];
    int size = 0;
    try {
      while (size < most) {
        boolean ended = sound.ended();
        if (size + RATE / 10 > samples.length) {
          samples = Arrays.copyOf(samples, 2 * samples.length);
        }
        int got = sound.read(samples, size, RATE / 10);
        size += got;
        if (got == 0 && ended) {
          break;
        }
        if (got == 0 && !changes.tryAcquire(20, TimeUnit.SECONDS)) {
          throw new AssertionError("nothing of " + url + " for 20 s");
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      sound.close();
    }
    return new Result(Arrays.copyOf(samples, size), sound.durationNanos(), sound.fault());
  }

  @Override
  public void close() {
    sounds.close();
    workers.shutdownNow();
  }
}
