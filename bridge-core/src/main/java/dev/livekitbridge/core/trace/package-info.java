/**
 * Spans of what client and bridge do. {@code Traces} and {@code Trace} are what they see of it and
 * name no type of OpenTelemetry, which may not be there.
 */
@NullMarked
package dev.livekitbridge.core.trace;

import org.jspecify.annotations.NullMarked;
