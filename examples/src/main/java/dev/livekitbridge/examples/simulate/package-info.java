/**
 * The simulator: the real client and the real server on virtual time, over a network, rooms and
 * processes that break by a seed, with every promise checked on the way.
 *
 * <p>One history runs on one thread and shares nothing with any other.
 */
@NullMarked
package dev.livekitbridge.examples.simulate;

import org.jspecify.annotations.NullMarked;
