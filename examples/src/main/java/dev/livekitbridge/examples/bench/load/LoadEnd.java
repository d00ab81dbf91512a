package dev.livekitbridge.examples.bench.load;

import dev.livekitbridge.core.FrameCounts;
import java.util.LinkedHashMap;
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

  /** The books of both directions, for the report. */
  static Map<String, Long> counts(FrameCounts sent, FrameCounts received) {
    Map<String, Long> counts = new LinkedHashMap<>();
    put(counts, "sent", sent);
    put(counts, "received", received);
    return counts;
  }

  private static void put(Map<String, Long> counts, String way, FrameCounts of) {
    counts.put(way + ".accepted", of.accepted());
    counts.put(way + ".delivered", of.delivered());
    counts.put(way + ".buffered", of.buffered());
    counts.put(way + ".replayed", of.replayed());
    counts.put(way + ".duplicates", of.duplicates());
    counts.put(way + ".missing", of.missing());
    of.dropped().forEach((cause, frames) -> counts.put(way + ".dropped." + cause, frames));
  }
}
