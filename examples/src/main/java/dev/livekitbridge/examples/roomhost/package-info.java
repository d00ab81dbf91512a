/**
 * The room host: rooms in a small process of their own, so that they outlive a killed bridge. Its
 * participants go on speaking and listening meanwhile, and can be asked what they said and heard,
 * frame by frame. URLs are {@code roomhost://HOST:PORT/NAME}.
 *
 * <p>{@link dev.livekitbridge.examples.roomhost.RoomHostServer} is the host, {@link
 * dev.livekitbridge.examples.roomhost.RoomHostConnector} is the bridge's way in, {@link
 * dev.livekitbridge.examples.roomhost.RoomHostClient} everyone else's.
 */
@NullMarked
package dev.livekitbridge.examples.roomhost;

import org.jspecify.annotations.NullMarked;
