package dev.livekitbridge.core.trace;

/**
 * A span, from its beginning to {@link #end} or {@link #fail}; what is said to it after that is not
 * heard. Values are words, numbers and bridges' addresses, never a secret, user or room. Safe for
 * use by many threads.
 */
public interface Trace {
  /** Of nothing. */
  Trace NONE =
      new Trace() {
        @Override
        public Trace call(String name) {
          return this;
        }

        @Override
        public Trace after(String name) {
          return this;
        }

        @Override
        public Trace set(String key, String value) {
          return this;
        }

        @Override
        public Trace set(String key, long value) {
          return this;
        }

        @Override
        public Trace set(String key, boolean value) {
          return this;
        }

        @Override
        public void event(String name) {}

        @Override
        public void run(Runnable part) {
          part.run();
        }

        @Override
        public void end() {}

        @Override
        public void fail(String reason) {}
      };

  /** Begins the span of a call to a bridge, as a part of this one. */
  Trace call(String name);

  /** Begins a span in a trace of its own, with a link to this one. */
  Trace after(String name);

  /** Says something of it. */
  Trace set(String key, String value);

  /** Says something of it. */
  Trace set(String key, long value);

  /** Says something of it. */
  Trace set(String key, boolean value);

  /** Notes that something happened now. */
  void event(String name);

  /** Runs a part of what it covers: calls that begin there are told whose they are. */
  void run(Runnable part);

  /** It is over, and went well. */
  void end();

  /** It is over, and did not; the reason is one word. */
  void fail(String reason);
}
