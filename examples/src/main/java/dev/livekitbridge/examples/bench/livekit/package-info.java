/**
 * {@code bench livekit}: a bridge between a real LiveKit server and a service, measured from
 * outside. The people in the rooms, the bridge and the service are processes of their own.
 */
@NullMarked
package dev.livekitbridge.examples.bench.livekit;

import org.jspecify.annotations.NullMarked;
