/** How long a bridge takes to start. */
@NullMarked
package dev.livekitbridge.examples.bench.startup;

import org.jspecify.annotations.NullMarked;
