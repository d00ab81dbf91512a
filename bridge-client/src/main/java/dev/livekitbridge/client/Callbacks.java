package dev.livekitbridge.client;

import com.google.common.util.concurrent.MoreExecutors;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners of the caller, one thing at a time and in order, on its executor. A listener that
 * throws is logged and harms nobody.
 */
final class Callbacks {
  private static final Logger log = LoggerFactory.getLogger(Callbacks.class);

  private final String what;
  private final Executor serial;

  Callbacks(String what, Executor executor) {
    this.what = what;
    this.serial = MoreExecutors.newSequentialExecutor(executor);
  }

  <T> void tell(Consumer<? super T> listener, T event) {
    run(() -> listener.accept(event));
  }

  void run(Runnable callback) {
    run(callback, () -> {});
  }

  /** Where the executor takes nothing any more, the other runs here and now instead. */
  void run(Runnable callback, Runnable ifRefused) {
    try {
      serial.execute(
          () -> {
            try {
              callback.run();
            } catch (Throwable e) {
              log.warn("{}: a listener failed; the session goes on", what, e);
            }
          });
    } catch (RejectedExecutionException e) {
      log.warn("{}: the caller's executor takes no callbacks any more", what);
      ifRefused.run();
    }
  }
}
