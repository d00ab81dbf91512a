/** Frames, session models and the reliable link. */
// The modules it is exported to come later in the build.
@SuppressWarnings("module")
module dev.livekitbridge.core {
  requires transitive dev.livekitbridge.proto;
  requires static transitive org.jspecify;
  requires io.grpc;
  requires io.grpc.protobuf;
  requires io.grpc.util;
  requires static io.opentelemetry.api;
  requires static io.opentelemetry.context;
  requires org.slf4j;

  exports dev.livekitbridge.core;
  exports dev.livekitbridge.core.audio to
      dev.livekitbridge.client,
      dev.livekitbridge.server;
  exports dev.livekitbridge.core.concurrent to
      dev.livekitbridge.client,
      dev.livekitbridge.server;
  exports dev.livekitbridge.core.files to
      dev.livekitbridge.client,
      dev.livekitbridge.server;
  exports dev.livekitbridge.core.link to
      dev.livekitbridge.client,
      dev.livekitbridge.server;
  exports dev.livekitbridge.core.tls to
      dev.livekitbridge.client,
      dev.livekitbridge.server;
  exports dev.livekitbridge.core.trace to
      dev.livekitbridge.client,
      dev.livekitbridge.server;
  exports dev.livekitbridge.core.wire to
      dev.livekitbridge.client,
      dev.livekitbridge.server;
}
