/**
 * Virtual time, processes that die, and a network between them that carries gRPC calls and breaks:
 * what the simulator puts in the place of clocks, threads and sockets. Knows nothing of bridges.
 *
 * <p>All of it runs on one thread; nothing here is thread-safe.
 */
@NullMarked
package dev.livekitbridge.examples.simulate.net;

import org.jspecify.annotations.NullMarked;
