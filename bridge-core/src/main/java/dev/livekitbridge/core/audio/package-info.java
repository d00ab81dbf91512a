/** From one PCM format to another: channels and sample rates. */
@NullMarked
package dev.livekitbridge.core.audio;

import org.jspecify.annotations.NullMarked;
