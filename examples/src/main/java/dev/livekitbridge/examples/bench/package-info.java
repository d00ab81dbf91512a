/** {@code bench}: the figures that the README promises, from a command that anyone can repeat. */
@NullMarked
package dev.livekitbridge.examples.bench;

import org.jspecify.annotations.NullMarked;
