/**
 * The gRPC edge: requests become calls of the session registry, its answers become messages and
 * statuses. Nothing is decided here.
 */
@NullMarked
package dev.livekitbridge.server.rpc;

import org.jspecify.annotations.NullMarked;
