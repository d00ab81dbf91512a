/** Real faults on real processes and sockets; each test ends with the invariants. */
@NullMarked
package dev.livekitbridge.examples.faults;

import org.jspecify.annotations.NullMarked;
