/** Playing files into a room: what the command line, the demo and the benchmark share. */
@NullMarked
package dev.livekitbridge.examples.playback;

import org.jspecify.annotations.NullMarked;
