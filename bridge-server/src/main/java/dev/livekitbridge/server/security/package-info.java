/**
 * Who may call a bridge, and what for: {@link dev.livekitbridge.server.security.Authenticator}
 * tells who calls, {@link dev.livekitbridge.server.security.Authorizer} what for. Off until a
 * {@link dev.livekitbridge.server.security.SecurityOptions} is given to the server.
 */
@NullMarked
package dev.livekitbridge.server.security;

import org.jspecify.annotations.NullMarked;
