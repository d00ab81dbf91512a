/** An example: the bridge inside a Spring Boot app. */
package dev.livekitbridge.examples.springserver;
