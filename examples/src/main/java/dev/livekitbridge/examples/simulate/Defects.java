package dev.livekitbridge.examples.simulate;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What the code under test says of itself: an ERROR in its log is a defect of it. */
final class Defects extends AppenderBase<ILoggingEvent> {
  private static final ThreadLocal<String> FIRST = new ThreadLocal<>();

  // A copy of this class in another loader has an appender of its own.
  private static final String NAME = "simulator " + System.identityHashCode(Defects.class);

  private Defects() {}

  /** Listens from now on, and keeps the rest of the log quiet. */
  static synchronized void listen() {
    Logger ours = (Logger) LoggerFactory.getLogger("dev.livekitbridge");
    if (ours.getAppender(NAME) == null) {
      Defects appender = new Defects();
      appender.setName(NAME);
      appender.setContext(ours.getLoggerContext());
      appender.start();
      ours.setLevel(Level.ERROR);
      ours.setAdditive(false);
      ours.addAppender(appender);
    }
  }

  /** The first of this thread since the last time, if there was any. */
  static @Nullable String take() {
    String first = FIRST.get();
    if (first != null) {
      FIRST.remove();
    }
    return first;
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (FIRST.get() == null) {
      String cause =
          event.getThrowableProxy() == null
              ? ""
              : ": "
                  + event.getThrowableProxy().getClassName()
                  + " "
                  + event.getThrowableProxy().getMessage()
                  + " at "
                  + (event.getThrowableProxy().getStackTraceElementProxyArray().length > 0
                      ? event.getThrowableProxy().getStackTraceElementProxyArray()[0]
                      : "?");
      FIRST.set(event.getFormattedMessage() + cause);
    }
  }
}
