package dev.livekitbridge.examples.config;

/** A setting that cannot be: which, where it came from, its value, and what was expected. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * A setting that cannot be.
   *
   * @param message for whoever set it; holds no secret
   */
  public ConfigurationException(String message) {
    super(message);
  }
}
