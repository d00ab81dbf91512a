/** How what arrives on any thread gets to the one executor of a session. */
@NullMarked
package dev.livekitbridge.core.concurrent;

import org.jspecify.annotations.NullMarked;
