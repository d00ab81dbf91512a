/** What a service embeds to hear and speak in a LiveKit room. */
@NullMarked
package dev.livekitbridge.client;

import org.jspecify.annotations.NullMarked;
