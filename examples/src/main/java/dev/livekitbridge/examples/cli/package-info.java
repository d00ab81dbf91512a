/** The command line: one class for each command. */
@NullMarked
package dev.livekitbridge.examples.cli;

import org.jspecify.annotations.NullMarked;
