/**
 * {@code bench recover}: real processes are killed and a real link is cut, again and again, and the
 * time until audio flows again is taken.
 */
@NullMarked
package dev.livekitbridge.examples.bench.recover;

import org.jspecify.annotations.NullMarked;
