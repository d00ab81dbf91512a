/** The admin port: metrics, health, and a page for people. Optional; knows sessions, no audio. */
@NullMarked
package dev.livekitbridge.server.admin;

import org.jspecify.annotations.NullMarked;
