package dev.livekitbridge.client;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The client's own threads for callbacks: a few, and one more whenever all of them are stuck in
 * callbacks that block, so that a slow consumer holds up nobody else for long.
 */
final class CallbackPool extends ThreadPoolExecutor {
  static final long RELIEF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int MOST = 256;

  private final int least;
  private long completedBefore = -1;

  CallbackPool(int least, ThreadFactory threads) {
    super(least, least, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    this.least = least;
    allowCoreThreadTimeOut(true);
  }

  /** Called every {@link #RELIEF_NANOS}: adds a thread where work waits and none gets done. */
  void relieve() {
    long completed = getCompletedTaskCount();
    boolean stuck = !getQueue().isEmpty() && completed == completedBefore;
    completedBefore = completed;
    int size = getCorePoolSize();
    if (stuck && size < MOST) {
      setMaximumPoolSize(size + 1);
      setCorePoolSize(size + 1);
    } else if (size > least && getQueue().isEmpty() && getActiveCount() < least) {
      setCorePoolSize(least);
      setMaximumPoolSize(least);
    }
  }
}
