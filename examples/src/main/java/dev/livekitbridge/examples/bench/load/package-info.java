/**
 * {@code bench load}: many sessions between two processes, over bare grpc-java and over the bridge,
 * with the same generator, the same messages and the same counting.
 */
@NullMarked
package dev.livekitbridge.examples.bench.load;

import org.jspecify.annotations.NullMarked;
