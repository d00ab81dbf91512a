package dev.livekitbridge.examples.demo;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.report.Mark;
import dev.livekitbridge.examples.report.StateSpan;
import dev.livekitbridge.examples.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What happens in a scenario, told as it happens and kept for the report. Safe for use by many
 * threads.
 */
final class Story {
  /** Who dies of a fault. */
  enum Victim {
    NOBODY,
    BRIDGE,
    SERVICE
  }

  /** Something that we broke, and when it was mended. Epoch milliseconds; 0: not yet. */
  static final class Fault {
    private static final long ONSET_MILLIS = 1_500;

    private final String name;
    private final Victim victim;
    private final long at;
    private volatile long repairedAt;

    Fault(String name, Victim victim, long at) {
      this.name = name;
      this.victim = victim;
      this.at = at;
    }

    String name() {
      return name;
    }

    Victim victim() {
      return victim;
    }

    long at() {
      return at;
    }

    long repairedAt() {
      return repairedAt;
    }

    /** Until when a silence may begin that comes of it: some frames are still on their way. */
    long onsetEnd() {
      return Math.max(at + ONSET_MILLIS, repairedAt);
    }

    /** When it was mended, or when it happened if that has not been yet. */
    long mendedAt() {
      return repairedAt == 0 ? at : repairedAt;
    }
  }

  private final Terminal terminal;
  private final TimeSource time;
  private final List<Mark> marks = new ArrayList<>();
  private final List<StateSpan> states = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private long start;
  private boolean begun;
  private String state = "DOWN";
  private double stateSince;

  Story(Terminal terminal, TimeSource time) {
    this.terminal = terminal;
    this.time = time;
    this.start = time.epochMillis();
  }

  /** Time begins to count; what was told before is not part of the report. */
  synchronized void begin() {
    begun = true;
    start = time.epochMillis();
    stateSince = 0;
    marks.clear();
    states.clear();
  }

  synchronized long start() {
    return start;
  }

  synchronized double seconds() {
    return seconds(time.epochMillis());
  }

  private double seconds(long millis) {
    return (millis - start) / 1000.0;
  }

  synchronized Fault fault(String text, Victim victim) {
    Fault fault = new Fault(text, victim, time.epochMillis());
    faults.add(fault);
    mark(fault.at(), Mark.Kind.FAULT, text, terminal.red(text));
    return fault;
  }

  synchronized void repaired(Fault fault, long millis, String text) {
    fault.repairedAt = millis;
    mark(fault.repairedAt, Mark.Kind.REPAIR, text, terminal.green(text));
  }

  synchronized void audio(long millis, String text, String detail) {
    mark(millis, Mark.Kind.AUDIO, text, terminal.green("audio " + text + " again" + detail));
  }

  synchronized void note(String text) {
    mark(time.epochMillis(), Mark.Kind.NOTE, text, text);
  }

  /** The service is in another state now. */
  synchronized void state(String next, long millis, String because) {
    double now = Math.max(stateSince, seconds(millis));
    if (now > stateSince) {
      states.add(new StateSpan(stateSince, now, state));
    }
    state = next;
    stateSince = now;
    String text = "service is " + next + (because.isEmpty() ? "" : " (" + because + ")");
    mark(millis, Mark.Kind.NOTE, text, next.equals("CONNECTED") ? text : terminal.yellow(text));
  }

  synchronized String state() {
    return state;
  }

  /** An invariant does not hold. */
  synchronized void broken(String text) {
    broken.add(text);
    mark(time.epochMillis(), Mark.Kind.NOTE, "BROKEN: " + text, terminal.red("BROKEN: " + text));
  }

  private void mark(long millis, Mark.Kind kind, String text, String shown) {
    double seconds = seconds(millis);
    marks.add(new Mark(seconds, kind, text));
    String when = begun ? String.format(Locale.ROOT, "%7.3f", seconds) : " ".repeat(7);
    terminal.line("  " + when + "  " + shown);
  }

  synchronized List<Fault> faults() {
    return List.copyOf(faults);
  }

  synchronized List<Mark> marks() {
    return List.copyOf(marks);
  }

  synchronized List<String> brokenInvariants() {
    return List.copyOf(broken);
  }

  synchronized List<StateSpan> states() {
    List<StateSpan> all = new ArrayList<>(states);
    all.add(new StateSpan(stateSince, seconds(), state));
    return all;
  }
}
