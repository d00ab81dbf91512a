/** An example: a bridge inside a program of one's own. */
@NullMarked
package dev.livekitbridge.examples.embedserver;

import org.jspecify.annotations.NullMarked;
