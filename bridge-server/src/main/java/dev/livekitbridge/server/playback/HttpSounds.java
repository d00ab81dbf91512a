package dev.livekitbridge.server.playback;

import dev.livekitbridge.server.playback.PlaybackFault.Kind;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Sound from files on the web. */
public final class HttpSounds implements Sounds, AutoCloseable {
  private final PlaybackSettings settings;
  private final Executor workers;
  private final GuardedResolver.Lookup lookup;
  private final Turns turns;
  private final AtomicInteger open = new AtomicInteger();
  // Made for the first file, as most bridges play none. Guarded by this.
  private @Nullable HttpFetcher fetcher;

  /**
   * Sounds.
   *
   * @param workers run what blocks; may refuse
   */
  public HttpSounds(PlaybackSettings settings, Executor workers) {
    this(settings, workers, InetAddress::getAllByName);
  }

  HttpSounds(PlaybackSettings settings, Executor workers, GuardedResolver.Lookup lookup) {
    this.settings = settings;
    this.workers = workers;
    this.lookup = lookup;
    this.turns = new Turns(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  }

  @Override
  public Sound open(String url, int sampleRate, Runnable onChange) {
    MediaUrl at;
    try {
      at = MediaUrl.of(url);
    } catch (PlaybackException e) {
      return new SilentSound(e.fault());
    }
    if (open.incrementAndGet() > settings.maxPerServer()) {
      open.decrementAndGet();
      return new SilentSound(
          new PlaybackFault(
              Kind.OVERLOADED,
              "this bridge plays " + settings.maxPerServer() + " files, its most: try later"));
    }
    FileSound sound =
        new FileSound(
            cancel -> fetcher().open(at, cancel),
            sampleRate,
            workers,
            turns,
            onChange,
            open::decrementAndGet);
    sound.begin();
    return sound;
  }

  @Override
  public synchronized void close() {
    if (fetcher != null) {
      fetcher.close();
    }
  }

  private synchronized HttpFetcher fetcher() {
    HttpFetcher existing = fetcher;
    if (existing == null) {
      existing = new HttpFetcher(settings, lookup);
      fetcher = existing;
    }
    return existing;
  }
}
