package dev.livekitbridge.examples.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version =
        Objects.requireNonNullElse(
            BridgeCli.class.getPackage().getImplementationVersion(), "(not packaged)");
    return new String[] {"bridge " + version + ", Java " + Runtime.version()};
  }
}
