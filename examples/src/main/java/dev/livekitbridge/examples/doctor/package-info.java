/**
 * {@code bridge doctor}: whether a bridge here can work with a LiveKit server there, and if not,
 * why.
 */
@NullMarked
package dev.livekitbridge.examples.doctor;

import org.jspecify.annotations.NullMarked;
