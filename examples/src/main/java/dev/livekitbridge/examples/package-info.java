/** The command line, the demo that a newcomer runs first, and the room host. */
@NullMarked
package dev.livekitbridge.examples;

import org.jspecify.annotations.NullMarked;
