/** The bridge: sessions between gRPC streams and LiveKit rooms. */
module dev.livekitbridge.server {
  requires transitive dev.livekitbridge.core;
  requires transitive dev.livekitbridge.proto;
  requires transitive io.grpc;
  requires transitive micrometer.core;
  requires static transitive org.jspecify;
  requires com.google.common;
  requires com.nimbusds.jose.jwt;
  requires io.github.resilience4j.ratelimiter;
  requires com.google.protobuf.util;
  requires com.google.protobuf;
  requires concentus;
  requires java.desktop;
  requires java.logging;
  requires io.grpc.netty;
  requires io.grpc.services;
  requires io.grpc.stub;
  requires io.netty.buffer;
  requires io.netty.codec.http;
  requires io.netty.codec.http2;
  requires io.netty.codec;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires io.netty.transport;
  requires livekit.server;
  requires org.apache.httpcomponents.client5.httpclient5;
  requires org.apache.httpcomponents.core5.httpcore5;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires org.bouncycastle.tls;
  requires org.slf4j;

  exports dev.livekitbridge.server;
  exports dev.livekitbridge.server.room;
  exports dev.livekitbridge.server.security;
  exports dev.livekitbridge.server.room.livekit;
  exports dev.livekitbridge.server.room.memory;
}
