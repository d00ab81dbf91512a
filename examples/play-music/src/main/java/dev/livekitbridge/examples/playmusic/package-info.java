/** An example: a voice, and music under it. */
@NullMarked
package dev.livekitbridge.examples.playmusic;

import org.jspecify.annotations.NullMarked;
