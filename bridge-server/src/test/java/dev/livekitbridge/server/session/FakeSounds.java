package dev.livekitbridge.server.session;

import dev.livekitbridge.server.playback.PlaybackFault;
import dev.livekitbridge.server.playback.Sound;
import dev.livekitbridge.server.playback.Sounds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
    private final Deque<Short> samples = new ArrayDeque<>();
    private boolean reached;
    private boolean ended;
    private long durationNanos = UNKNOWN;
    private @Nullable PlaybackFault fault;
    boolean closed;

    Fake(String url, int rate, Runnable onChange) {
      this.url = url;
      this.rate = rate;
      this.onChange = onChange;
    }

    Fake lasting(long nanos) {
      durationNanos = nanos;
      return this;
    }

    /** So much more of it has come, each sample with this value. */
    Fake comes(int millis, int value) {
      reached = true;
      for (int i = 0; i < millis * rate / 1_000; i++) {
        samples.add((short) value);
      }
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
      return samples.size();
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
      int count = Math.min(most, samples.size());
      for (int i = 0; i < count; i++) {
        into[offset + i] = samples.remove();
      }
      return count;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
