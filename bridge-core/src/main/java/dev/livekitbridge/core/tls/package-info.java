/** Keys and certificates of PEM files, for both sides. */
@NullMarked
package dev.livekitbridge.core.tls;

import org.jspecify.annotations.NullMarked;
