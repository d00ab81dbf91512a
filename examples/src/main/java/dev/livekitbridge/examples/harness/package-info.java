/**
 * Processes of their own and faulty links between them, for the demo, the fault tests and the
 * bench.
 */
@NullMarked
package dev.livekitbridge.examples.harness;

import org.jspecify.annotations.NullMarked;
