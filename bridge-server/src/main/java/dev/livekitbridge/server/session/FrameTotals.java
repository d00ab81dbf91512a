package dev.livekitbridge.server.session;

import dev.livekitbridge.core.DropCause;
import dev.livekitbridge.core.FrameCounts;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What became of the frames of one direction, over all sessions. Thread-safe. */
final class FrameTotals {
  final LongAdder accepted = new LongAdder();
  final LongAdder delivered = new LongAdder();
  final LongAdder buffered = new LongAdder();
  final LongAdder replayed = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder missing = new LongAdder();
  // Of its own, not a sum of the above: each session's is exact, a sum read meanwhile is not.
  final LongAdder unaccounted = new LongAdder();
  final Map<DropCause, LongAdder> dropped = SessionMetrics.adders(DropCause.class);

  /** What happened to a session's frames since its last report. */
  void add(FrameCounts before, FrameCounts now) {
    accepted.add(now.accepted() - before.accepted());
    delivered.add(now.delivered() - before.delivered());
    buffered.add(now.buffered() - before.buffered());
    replayed.add(now.replayed() - before.replayed());
    duplicates.add(now.duplicates() - before.duplicates());
    missing.add(now.missing() - before.missing());
    unaccounted.add(now.unaccounted() - before.unaccounted());
    now.dropped()
        .forEach(
            (cause, count) ->
                SessionMetrics.get(dropped, cause)
                    .add(count - before.dropped().getOrDefault(cause, 0L)));
  }

  FrameCounts sum() {
    Map<DropCause, Long> causes = new EnumMap<>(DropCause.class);
    dropped.forEach((cause, count) -> causes.put(cause, count.sum()));
    return new FrameCounts(
        accepted.sum(),
        delivered.sum(),
        causes,
        buffered.sum(),
        replayed.sum(),
        duplicates.sum(),
        missing.sum());
  }
}
