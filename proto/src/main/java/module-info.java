/** The wire of the bridge: messages and gRPC stubs, all of them generated. */
module dev.livekitbridge.proto {
  requires transitive com.google.protobuf;
  requires transitive io.grpc;
  requires transitive io.grpc.stub;
  requires io.grpc.protobuf;
  requires com.google.common;

  exports dev.livekitbridge.proto;
}
