package dev.livekitbridge.server.session;

import dev.livekitbridge.server.playback.PlaybackFault;
import dev.livekitbridge.server.playback.Sound;
import dev.livekitbridge.server.playback.Sounds;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Files whose every sample comes when the test says so. */
@NullMarked
final class FakeSounds implements Sounds {
  final List<Fake> opened = new ArrayList<>();

  Fake last() {
    return opened.get(opened.size() - 1);
  }

  @Override
  public Sound open(String url, int sampleRate, Runnable onChange) {
    Fake sound = new Fake(url, sampleRate, onChange);
    opened.add(sound);
    return sound;
  }

  /** One of them. */
  static final class Fake implements Sound {
    final String url;
    final int rate;
    private final Runnable onChange;
    private IntUnaryOperator wave = i -> 0;
    private int at;
    private int available;
    private boolean reached;
    private boolean ended;
    private long durationNanos = UNKNOWN;
    private @Nullable PlaybackFault fault;
    boolean closed;
    boolean hangs;

    Fake(String url, int rate, Runnable onChange) {
      this.url = url;
      this.rate = rate;
      this.onChange = onChange;
    }

    Fake lasting(long nanos) {
      durationNanos = nanos;
      return this;
    }

    /** What it sounds like, by the number of the sample. */
    Fake sounding(IntUnaryOperator values) {
      wave = values;
      return this;
    }

    /** So much more of it has come. */
    Fake comes(int millis) {
      reached = true;
      available += millis * rate / 1_000;
      onChange.run();
      return this;
    }

    void ends() {
      ended = true;
      onChange.run();
    }

    void fails(PlaybackFault.Kind kind, String message) {
      fault = new PlaybackFault(kind, message);
      ends();
    }

    @Override
    public boolean reached() {
      return reached;
    }

    @Override
    public int available() {
      return available;
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
      int count = Math.min(most, available);
      for (int i = 0; i < count; i++) {
        into[offset + i] = (short) wave.applyAsInt(at++);
      }
      available -= count;
      return count;
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public boolean released() {
      return closed && !hangs;
    }
  }
}
