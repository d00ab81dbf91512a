/**
 * {@code bridge chaos}: bridge and service, real processes under load, are killed with SIGKILL
 * again and again, and every promise is checked from the outside.
 */
@NullMarked
package dev.livekitbridge.examples.chaos;

import org.jspecify.annotations.NullMarked;
