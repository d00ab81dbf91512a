package dev.livekitbridge.server.playback;

import dev.livekitbridge.server.playback.PlaybackFault.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sound from files on the web. */
public final class HttpSounds implements Sounds, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpSounds.class);

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

  /**
   * Loads what the first file needs, so that it begins as fast as the others. Takes a worker for a
   * moment; does nothing if there is none.
   */
  public void prepare() {
    try {
      workers.execute(
          () -> {
            fetcher();
            // No format reads this: so every provider is asked, and loaded.
            byte[] nothing = new byte[ContentCheck.HEAD];
            Arrays.fill(nothing, (byte) 'x');
            try {
              AudioSystem.getAudioInputStream(new ByteArrayInputStream(nothing));
            } catch (UnsupportedAudioFileException | IOException | RuntimeException e) {
              log.debug("playback is prepared");
            }
          });
    } catch (RejectedExecutionException e) {
      log.debug("playback is not prepared: no worker");
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
