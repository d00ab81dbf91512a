package dev.livekitbridge.examples.terminal;

/** The exit codes of every command; {@code --help} lists them. */
public final class ExitCode {
  /** All went well. */
  public static final int OK = 0;

  /** Something failed that should not: please report it. */
  public static final int FAILED = 1;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /** The bridge or the room could not be reached, or refused. */
  public static final int UNREACHABLE = 3;

  /** A file could not be read or written, or is not what was expected. */
  public static final int BAD_FILE = 4;

  /** An invariant broke: the report tells which. */
  public static final int INVARIANT = 5;

  /** It works, but not as well as it could. */
  public static final int WARNED = 6;

  private ExitCode() {}
}
