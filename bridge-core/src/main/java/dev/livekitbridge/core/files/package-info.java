/** Files whose content is used while a process runs, and follows their changes. */
@NullMarked
package dev.livekitbridge.core.files;

import org.jspecify.annotations.NullMarked;
