package dev.livekitbridge.examples.simulate;

/** A promise that was not kept. */
final class Broken extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Broken(String what) {
    super(what);
  }
}
