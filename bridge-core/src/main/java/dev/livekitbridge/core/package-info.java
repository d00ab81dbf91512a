/** Frames of audio, what a session is, and why it ends: the words that client and bridge share. */
@NullMarked
package dev.livekitbridge.core;

import org.jspecify.annotations.NullMarked;
