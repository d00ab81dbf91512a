/** A real LiveKit server as the examples need it: tokens, administration, and one to start. */
@NullMarked
package dev.livekitbridge.examples.livekit;

import org.jspecify.annotations.NullMarked;
