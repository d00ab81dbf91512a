package dev.livekitbridge.examples.bench.load;

import java.util.Map;

/**
 * Counts of one process over the whole run, warm-up included, once everything has drained.
 *
 * @param sent frames its generator sent
 * @param received frames that arrived
 * @param counts what the end itself counts
 */
public record EndTotals(long sent, long received, Map<String, Long> counts) {}
