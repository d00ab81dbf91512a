/**
 * Rooms inside the process, with participants that one can script: for trying the bridge without a
 * LiveKit server, for tests and for benchmarks. URLs are {@code memory:NAME}.
 */
@NullMarked
package dev.livekitbridge.server.room.memory;

import org.jspecify.annotations.NullMarked;
