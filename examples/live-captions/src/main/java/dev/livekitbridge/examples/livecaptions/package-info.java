/** An example: what is said in a room, written down while it is said. */
@NullMarked
package dev.livekitbridge.examples.livecaptions;

import org.jspecify.annotations.NullMarked;
