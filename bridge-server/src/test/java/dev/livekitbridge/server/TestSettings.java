package dev.livekitbridge.server;

import dev.livekitbridge.server.session.SessionSettings;
import org.jspecify.annotations.NullMarked;

/** The settings that options stand for, for tests of the packages below. */
@NullMarked
public final class TestSettings {
  private TestSettings() {}

  public static SessionSettings of(BridgeServerOptions options) {
    return options.toSettings();
  }
}
