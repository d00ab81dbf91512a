package dev.livekitbridge.examples.doctor;

/**
 * What one check found.
 *
 * @param check its name
 * @param verdict how it went
 * @param text what was found, in plain words, without secrets
 * @param advice what to do about it; empty where nothing is to be done
 */
public record Finding(String check, Verdict verdict, String text, String advice) {
  /** How a check went. */
  public enum Verdict {
    /** As it should be. */
    OK,
    /** A bridge works, but not as well as it could. */
    WARNING,
    /** A bridge does not work. */
    FAULT,
    /** Not checked, because of a fault before. */
    SKIPPED
  }

  static Finding ok(String check, String text) {
    return new Finding(check, Verdict.OK, text, "");
  }

  static Finding warning(String check, String text, String advice) {
    return new Finding(check, Verdict.WARNING, text, advice);
  }

  static Finding fault(String check, String text, String advice) {
    return new Finding(check, Verdict.FAULT, text, advice);
  }

  static Finding skipped(String check, String text) {
    return new Finding(check, Verdict.SKIPPED, text, "");
  }
}
