/** Who may do what, over real sockets. */
@NullMarked
package dev.livekitbridge.examples.security;

import org.jspecify.annotations.NullMarked;
