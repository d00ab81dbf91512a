/** Stands before the service: tells who calls, refuses what a caller may not do, and how often. */
@NullMarked
package dev.livekitbridge.server.guard;

import org.jspecify.annotations.NullMarked;
