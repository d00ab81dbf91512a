/** WAV files in and out. */
@NullMarked
package dev.livekitbridge.examples.audio;

import org.jspecify.annotations.NullMarked;
