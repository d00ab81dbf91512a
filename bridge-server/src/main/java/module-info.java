/** The bridge: sessions between gRPC streams and LiveKit rooms. */
module dev.livekitbridge.server {
  requires transitive dev.livekitbridge.core;
  requires transitive dev.livekitbridge.proto;
  requires transitive io.grpc;
  requires transitive micrometer.core;
  requires static transitive org.jspecify;
  requires com.google.common;
  requires com.google.protobuf.util;
  requires io.grpc.netty;
  requires io.grpc.services;
  requires io.grpc.stub;
  requires io.netty.common;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires org.slf4j;

  exports dev.livekitbridge.server;
  exports dev.livekitbridge.server.room;
  exports dev.livekitbridge.server.room.memory;
}
