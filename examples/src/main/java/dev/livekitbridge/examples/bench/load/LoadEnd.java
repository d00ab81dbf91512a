package dev.livekitbridge.examples.bench.load;

import java.util.Map;

/** One of the two processes of a load: it opens what it needs, sends, and hears. */
interface LoadEnd extends Pacer.Sender, AutoCloseable {
  /**
   * Listens, or opens every session and waits until all are open.
   *
   * @return the port that a listener listens on; 0 for a client
   */
  int open() throws Exception;

  /** What the end itself counts, such as frames dropped. Called after the load has drained. */
  Map<String, Long> counts();

  @Override
  void close();
}
