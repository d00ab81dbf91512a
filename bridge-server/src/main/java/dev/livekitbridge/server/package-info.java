/**
 * The bridge: a server that stands alone ({@link dev.livekitbridge.server.BridgeServer}), and a
 * service for a gRPC server of one's own ({@link dev.livekitbridge.server.BridgeService}).
 */
@NullMarked
package dev.livekitbridge.server;

import org.jspecify.annotations.NullMarked;
