/**
 * The life of sessions: who owns a user, what a session does with the audio of both directions, and
 * when it ends. Knows rooms and the messages of the wire, but no gRPC stream: {@link
 * dev.livekitbridge.server.session.ClientStream} is the seam to it.
 *
 * <p>Each session is confined to its {@link io.grpc.SynchronizationContext}; time and timers are
 * injected, so that all of it runs on virtual time.
 */
@NullMarked
package dev.livekitbridge.server.session;

import org.jspecify.annotations.NullMarked;
