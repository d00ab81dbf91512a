/** An example: the client of the bridge in a Spring Boot service. */
package dev.livekitbridge.examples.springclient;
