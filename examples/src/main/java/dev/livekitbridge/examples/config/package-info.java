/** What a stand-alone bridge can be told: by flags, by the environment, and by a file. */
@NullMarked
package dev.livekitbridge.examples.config;

import org.jspecify.annotations.NullMarked;
