/** Figures beside their aims. */
@NullMarked
package dev.livekitbridge.examples.bench.figures;

import org.jspecify.annotations.NullMarked;
