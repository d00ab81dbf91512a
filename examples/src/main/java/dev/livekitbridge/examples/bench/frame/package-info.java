/** {@code bench frame}: what one frame costs in the link itself, in time and in bytes allocated. */
@NullMarked
package dev.livekitbridge.examples.bench.frame;

import org.jspecify.annotations.NullMarked;
