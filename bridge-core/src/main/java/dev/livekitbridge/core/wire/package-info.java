/**
 * How audio chunks go onto the wire: the same bytes as protobuf's own code writes, without its copy
 * of the samples.
 */
@NullMarked
package dev.livekitbridge.core.wire;

import org.jspecify.annotations.NullMarked;
