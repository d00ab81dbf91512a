package dev.livekitbridge.examples.roomhost;

import java.util.concurrent.atomic.LongAdder;

/** What passed through a room host. */
final class HostCounts {
  final LongAdder fromBridges = new LongAdder();
  final LongAdder toBridges = new LongAdder();
  final LongAdder cut = new LongAdder();
}
