package dev.livekitbridge.server.security;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.livekitbridge.core.files.FileWatch;
import java.time.Duration;
import org.slf4j.LoggerFactory;

/** The thread that looks after files of keys and tokens. */
final class SecurityThreads {
  private SecurityThreads() {}

  static FileWatch watch(Duration reloadEvery) {
    if (reloadEvery.isZero() || reloadEvery.isNegative()) {
      throw new IllegalArgumentException(
          "reloadEvery: " + reloadEvery + " (expected: more than 0)");
    }
    return new FileWatch(
        new ThreadFactoryBuilder().setNameFormat("bridge-keys").setDaemon(true).build(),
        reloadEvery,
        LoggerFactory.getLogger(Authenticator.class));
  }
}
