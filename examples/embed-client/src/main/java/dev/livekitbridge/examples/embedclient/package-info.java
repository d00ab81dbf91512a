/** An example: a client inside a program of one's own. */
@NullMarked
package dev.livekitbridge.examples.embedclient;

import org.jspecify.annotations.NullMarked;
