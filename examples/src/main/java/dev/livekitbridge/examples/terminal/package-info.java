/** What a command shows: progress on a terminal, plain lines without one, JSON for scripts. */
@NullMarked
package dev.livekitbridge.examples.terminal;

import org.jspecify.annotations.NullMarked;
