package dev.livekitbridge.server;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads that fetch and decode: none while nothing plays, never more than a bound. */
final class PlaybackThreads {
  private PlaybackThreads() {}

  static ExecutorService create(int maxPlaybacks) {
    // Beside one for each playback: one that was stopped may hang in a name server for a while.
    return new ThreadPoolExecutor(
        0,
        maxPlaybacks + 16,
        5,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        new ThreadFactoryBuilder().setNameFormat("bridge-playback-%d").setDaemon(true).build());
  }
}
