package dev.livekitbridge.examples.terminal;

/** A command cannot go on. Its message is for people and says what to do; no trace is shown. */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /**
   * Ends the command.
   *
   * @param exitCode one of {@link ExitCode}
   * @param message what happened, to what, and what to do
   */
  public CommandException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /**
   * Ends the command.
   *
   * @param exitCode one of {@link ExitCode}
   * @param message what happened, to what, and what to do
   * @param cause what led to it
   */
  public CommandException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /**
   * What the process ends with.
   *
   * @return one of {@link ExitCode}
   */
  public int exitCode() {
    return exitCode;
  }
}
