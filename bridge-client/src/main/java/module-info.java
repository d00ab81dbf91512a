/** What a service embeds to hear and speak in a LiveKit room. */
module dev.livekitbridge.client {
  requires transitive dev.livekitbridge.core;
  requires dev.livekitbridge.proto;
  requires static transitive org.jspecify;
  requires transitive io.grpc;
  requires io.grpc.netty;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires io.github.resilience4j.circuitbreaker;
  requires io.github.resilience4j.core;
  requires transitive micrometer.core;
  requires com.google.common;
  requires com.google.protobuf;
  requires org.slf4j;

  exports dev.livekitbridge.client;
}
