package dev.livekitbridge.server.playback;

import dev.livekitbridge.core.audio.StreamResampler;
import dev.livekitbridge.server.playback.PlaybackFault.Kind;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is fetched and decoded ahead of what plays, as far as its buffer goes. It takes a
 * thread only while there is something to do: with its buffer full it waits without one.
 */
final class FileSound implements Sound {
  private static final Logger log = LoggerFactory.getLogger(FileSound.class);

  /** Decoded ahead. */
  private static final int BUFFER_SECONDS = 3;

  /** Opens the file; blocks. */
  interface Opener {
    Download open(Cancellation cancel) throws IOException;
  }

  private final Opener opener;
  private final int sampleRate;
  private final Executor workers;
  private final Turns.Turn turn;
  private final Runnable onChange;
  private final Runnable onClosed;
  private final Cancellation cancel = new Cancellation();
  private final AtomicBoolean working = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Runnable work = this::work;
  private final SampleRing ring;
  private volatile boolean reached;
  private volatile boolean ended;
  private volatile @Nullable PlaybackFault fault;
  private volatile long durationNanos = UNKNOWN;
  // Of the worker alone; one at a time works, and hands them on by `working`.
  private @Nullable SoundReader reader;
  private @Nullable StreamResampler resampler;
  private final float[] decoded = new float[PcmReader.most()];
  private short[] samples = new short[0];

  FileSound(
      Opener opener,
      int sampleRate,
      Executor workers,
      Turns turns,
      Runnable onChange,
      Runnable onClosed) {
    this.opener = opener;
    this.sampleRate = sampleRate;
    this.workers = workers;
    this.turn = turns.new Turn();
    this.onChange = onChange;
    this.onClosed = onClosed;
    this.ring = new SampleRing(BUFFER_SECONDS * sampleRate);
  }

  void begin() {
    if (!wake()) {
      fail(Kind.OVERLOADED, "this bridge plays as much as it can: try later");
    }
  }

  @Override
  public boolean reached() {
    return reached;
  }

  @Override
  public int available() {
    return ring.available();
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public @Nullable PlaybackFault fault() {
    return fault;
  }

  @Override
  public long durationNanos() {
    return durationNanos;
  }

  @Override
  public int read(short[] into, int offset, int most) {
    int count = ring.read(into, offset, most);
    if (!ended && ring.available() < ring.capacity() / 2) {
      wake();
    }
    return count;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      cancel.cancel();
      onClosed.run();
    }
  }

  @Override
  public boolean released() {
    return closed.get() && !working.get();
  }

  /** Lets a worker go on, unless one does; false if there is none. */
  private boolean wake() {
    if (closed.get() || !working.compareAndSet(false, true)) {
      return true;
    }
    try {
      workers.execute(work);
      return true;
    } catch (RejectedExecutionException e) {
      // The next read asks again.
      working.set(false);
      return false;
    }
  }

  private void work() {
    try {
      decode();
    } catch (PlaybackException e) {
      fail(e.fault().kind(), e.fault().message());
    } catch (IOException | RuntimeException | Error e) {
      // What a hostile file makes of a decoder, or a provider that cannot be loaded, costs this
      // playback alone; with no end told it would be begun again.
      defect(e);
    } finally {
      turn.give();
      working.set(false);
      if (!ended && ring.available() < ring.capacity() / 2) {
        wake();
      }
    }
  }

  private void decode() throws IOException {
    SoundReader from = reader;
    if (from == null) {
      Download download = opener.open(cancel);
      download.attend(this::onReached, turn);
      turn.take();
      from = SoundReader.open(download);
      reader = from;
      resampler = new StreamResampler(from.sampleRate(), sampleRate);
      samples = new short[resampler.most(PcmReader.most())];
      durationNanos = from.durationNanos();
    }
    StreamResampler to = Objects.requireNonNull(resampler);
    turn.take();
    while (!closed.get() && ring.room() >= samples.length) {
      turn.pass();
      int count = from.read(decoded);
      if (count >= 0) {
        put(to.convert(decoded, count, samples));
      } else {
        put(to.finish(samples));
        ended = true;
        onChange.run();
        return;
      }
    }
  }

  private void onReached() {
    reached = true;
  }

  private void put(int count) {
    boolean waitedFor = ring.available() < sampleRate / 4;
    ring.write(samples, 0, count);
    if (waitedFor) {
      onChange.run();
    }
  }

  private void defect(Throwable defect) {
    if (!closed.get()) {
      log.warn("a decoder failed: {}", defect.toString());
    }
    fail(Kind.BROKEN, "the file cannot be decoded: " + defect.getClass().getSimpleName());
  }

  private void fail(Kind kind, String message) {
    fault = new PlaybackFault(kind, message);
    ended = true;
    onChange.run();
  }
}
