package dev.livekitbridge.examples.terminal;

import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a command writes. On a terminal, progress is one line that changes in place; without one it
 * is left out, so that a log holds what happened and nothing else. Safe for use by many threads.
 */
public final class Terminal {
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;
  private final boolean colours;
  private @Nullable String progress;

  /**
   * A terminal.
   *
   * @param out for results
   * @param err for errors
   * @param interactive whether a person watches {@code out}
   * @param colours whether to use them; only where interactive
   */
  public Terminal(PrintStream out, PrintStream err, boolean interactive, boolean colours) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
    this.colours = interactive && colours;
  }

  /**
   * The terminal of this process. The launcher tells whether a person watches ({@code
   * bridge.terminal}): Java itself cannot tell in all its versions.
   *
   * @return the terminal
   */
  public static Terminal system() {
    boolean interactive = Boolean.getBoolean("bridge.terminal");
    String term = System.getenv("TERM");
    boolean dumb = term == null || term.equals("dumb");
    return new Terminal(
        System.out, System.err, interactive && !dumb, System.getenv("NO_COLOR") == null);
  }

  /**
   * Whether a person watches.
   *
   * @return true on a terminal
   */
  public boolean interactive() {
    return interactive;
  }

  /**
   * Writes a line that stays.
   *
   * @param line without its line break
   */
  public synchronized void line(String line) {
    if (progress != null) {
      out.print(CLEAR_LINE);
    }
    out.println(line);
    if (progress != null) {
      out.print(progress);
    }
    out.flush();
  }

  /**
   * Shows how far it is, in place of the progress before. Nothing without a terminal.
   *
   * @param text shorter than a line
   */
  public synchronized void progress(String text) {
    if (interactive) {
      out.print(CLEAR_LINE + text);
      out.flush();
      progress = text;
    }
  }

  /** Takes the progress away. */
  public synchronized void endProgress() {
    if (progress != null) {
      out.print(CLEAR_LINE);
      out.flush();
      progress = null;
    }
  }

  /**
   * Writes an event as one line of JSON.
   *
   * @param event keys and values
   */
  public synchronized void json(Map<String, Object> event) {
    out.println(Json.line(event));
    out.flush();
  }

  /**
   * Writes an error.
   *
   * @param message for people
   */
  public synchronized void error(String message) {
    endProgress();
    err.println(message);
    err.flush();
  }

  /**
   * Text that stands out.
   *
   * @param text any
   * @return the text, bold where colours are on
   */
  public String bold(String text) {
    return coloured("1", text);
  }

  /**
   * Text that stands back.
   *
   * @param text any
   * @return the text, dim where colours are on
   */
  public String dim(String text) {
    return coloured("2", text);
  }

  /**
   * Good news.
   *
   * @param text any
   * @return the text, green where colours are on
   */
  public String green(String text) {
    return coloured("32", text);
  }

  /**
   * Bad news.
   *
   * @param text any
   * @return the text, red where colours are on
   */
  public String red(String text) {
    return coloured("31", text);
  }

  /**
   * Something to look at.
   *
   * @param text any
   * @return the text, yellow where colours are on
   */
  public String yellow(String text) {
    return coloured("33", text);
  }

  private String coloured(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
