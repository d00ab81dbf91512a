/**
 * The seam between sessions and rooms: a connector joins, a room tells what is heard in it and
 * takes what is to be said. Connectors are chosen by the scheme of the URL.
 */
@NullMarked
package dev.livekitbridge.server.room;

import org.jspecify.annotations.NullMarked;
