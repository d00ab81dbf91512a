/** What a team runs or embeds: the bridge itself. */
@NullMarked
package dev.livekitbridge.server;

import org.jspecify.annotations.NullMarked;
