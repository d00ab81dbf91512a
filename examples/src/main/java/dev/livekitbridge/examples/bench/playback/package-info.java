/** {@code bench playback}: many files at once, and how soon and how evenly they are heard. */
@NullMarked
package dev.livekitbridge.examples.bench.playback;

import org.jspecify.annotations.NullMarked;
