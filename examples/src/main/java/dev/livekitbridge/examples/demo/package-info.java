/** The demo: real processes, real kills, and an exact account of every frame. */
@NullMarked
package dev.livekitbridge.examples.demo;

import org.jspecify.annotations.NullMarked;
