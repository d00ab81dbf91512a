/**
 * The reliable link between a client and a bridge, as pure code: sequence numbers, retention,
 * acknowledgement, replay and duplicate suppression. No thread, clock or socket; every method takes
 * the time it needs.
 *
 * <p>Internal to this project: exported to the client and the server only.
 */
@NullMarked
package dev.livekitbridge.core.link;

import org.jspecify.annotations.NullMarked;
