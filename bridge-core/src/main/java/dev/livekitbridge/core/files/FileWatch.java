package dev.livekitbridge.core.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Reads files at once, and again when their content has changed. What cannot be used any more is
 * told once, and what was in force stays so. It looks at contents, not at times: a renewed
 * certificate with the same key counts, and so does a link that points elsewhere. Holds no content.
 * Safe for use by many threads.
 */
public final class FileWatch implements AutoCloseable {
  /** Takes the contents of a group of files into use. */
  @FunctionalInterface
  public interface Loader {
    /**
     * Takes all of them, or none.
     *
     * @param contents one for each file
     * @throws IllegalArgumentException if they are not what they should be; the message is shown,
     *     so it quotes nothing of them
     * @throws IOException likewise; the message is not shown
     * @throws GeneralSecurityException likewise; the message is not shown
     */
    void load(List<byte[]> contents) throws IOException, GeneralSecurityException;
  }

  private static final int MAX_BYTES = 1 << 20;

  private final ThreadFactory threads;
  private final Duration period;
  private final Logger log;
  private final List<Group> groups = new CopyOnWriteArrayList<>();
  private @Nullable ScheduledThreadPoolExecutor timer;

  /**
   * A watch over no file yet; it has a thread from the first one on.
   *
   * @param threads makes that thread
   * @param period how often it looks
   * @param log where changes are told
   */
  public FileWatch(ThreadFactory threads, Duration period, Logger log) {
    this.threads = threads;
    this.period = period;
    this.log = log;
  }

  /**
   * Loads files now, and whenever one of them has changed.
   *
   * @param what for people, such as "TLS certificate and key"
   * @param files loaded together
   * @param loader called one at a time for all files of this watch
   * @throws IllegalArgumentException if they cannot be loaded now: what, which files, and why
   */
  public synchronized void add(String what, List<Path> files, Loader loader) {
    Group group = new Group(what, List.copyOf(files), loader);
    String fault = group.load();
    if (fault != null) {
      throw new IllegalArgumentException(what + ": " + group.files + " (" + fault + ")");
    }
    groups.add(group);
    if (timer == null) {
      ScheduledThreadPoolExecutor started = new ScheduledThreadPoolExecutor(1, threads);
      started.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
      long nanos = period.toNanos();
      started.scheduleWithFixedDelay(this::look, nanos, nanos, TimeUnit.NANOSECONDS);
      timer = started;
    }
  }

  /**
   * A value that follows files.
   *
   * @param what for people
   * @param files what it is made of
   * @param parser makes it
   * @param <T> its kind
   * @return the value in force, whenever asked
   * @throws IllegalArgumentException as {@link #add} says
   */
  public <T> Supplier<T> value(String what, List<Path> files, Parser<T> parser) {
    Value<T> value = new Value<>();
    add(what, files, contents -> value.current = parser.parse(contents));
    return value;
  }

  /** Looks at the files now, not only at its time. */
  public synchronized void look() {
    for (Group group : groups) {
      group.look();
    }
  }

  /** Ends the watch; what was loaded stays in force. */
  @Override
  public synchronized void close() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }

  /**
   * Makes a value of the contents of files.
   *
   * @param <T> its kind
   */
  @FunctionalInterface
  public interface Parser<T> {
    /** As {@link Loader#load}. */
    T parse(List<byte[]> contents) throws IOException, GeneralSecurityException;
  }

  private static final class Value<T> implements Supplier<T> {
    private volatile @Nullable T current;

    @Override
    public T get() {
      T value = current;
      if (value == null) {
        throw new IllegalStateException("asked before it was loaded");
      }
      return value;
    }
  }

  private final class Group {
    private final String what;
    private final List<Path> files;
    private final Loader loader;
    // Of the contents that were looked at last, in force or not.
    private byte[] seen = new byte[0];

    Group(String what, List<Path> files, Loader loader) {
      this.what = what;
      this.files = files;
      this.loader = loader;
    }

    void look() {
      byte[] before = seen;
      String fault = load();
      if (Arrays.equals(before, seen)) {
        return;
      }
      if (fault == null) {
        log.info("{} loaded anew: {}", what, files);
      } else {
        log.warn("{}: {} ({}); what was loaded before stays in force", what, files, fault);
      }
    }

    /** Loads what has changed; returns what is wrong, or null. */
    @Nullable String load() {
      try {
        List<byte[]> contents = new ArrayList<>();
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (Path file : files) {
          byte[] content = read(file);
          contents.add(content);
          digest.update(digest(content));
        }
        byte[] now = digest.digest();
        if (!Arrays.equals(now, seen)) {
          seen = now;
          loader.load(contents);
        }
        return null;
      } catch (IllegalArgumentException e) {
        return e.getMessage();
      } catch (IOException e) {
        seen = new byte[] {1};
        return "cannot be read: " + e.getClass().getSimpleName();
      } catch (GeneralSecurityException | RuntimeException e) {
        return "cannot be used: " + e.getClass().getSimpleName();
      }
    }

    private static byte[] digest(byte[] content) throws GeneralSecurityException {
      return MessageDigest.getInstance("SHA-256").digest(content);
    }

    private static byte[] read(Path file) throws IOException {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] content = in.readNBytes(MAX_BYTES + 1);
        if (content.length > MAX_BYTES) {
          throw new IllegalArgumentException("more than 1 MiB");
        }
        return content;
      }
    }
  }
}
