/** The demo's report: a page with pictures. */
@NullMarked
package dev.livekitbridge.examples.report;

import org.jspecify.annotations.NullMarked;
