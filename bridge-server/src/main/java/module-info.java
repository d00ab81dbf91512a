/** The bridge: sessions between gRPC streams and LiveKit rooms. */
module dev.livekitbridge.server {
  requires transitive dev.livekitbridge.core;
  requires transitive dev.livekitbridge.proto;
  requires static transitive org.jspecify;
  requires com.google.protobuf.util;
  requires org.slf4j;

  exports dev.livekitbridge.server.room;
  exports dev.livekitbridge.server.room.memory;
}
