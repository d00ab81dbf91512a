package dev.livekitbridge.core.wire;

import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.ArrayList;
import java.util.List;

/** StreamAudio with our way of writing chunks. What goes over the wire is the same. */
public final class StreamAudioWire {
  private static final MethodDescriptor<AudioChunk, AudioChunk> METHOD =
      LiveKitBridgeGrpc.getStreamAudioMethod().toBuilder(
              new ChunkMarshaller(), new ChunkMarshaller())
          .build();

  private StreamAudioWire() {}

  /** For the client's call. */
  public static MethodDescriptor<AudioChunk, AudioChunk> method() {
    return METHOD;
  }

  /** For the server: the service with StreamAudio replaced. */
  public static ServerServiceDefinition bind(BindableService service) {
    ServerServiceDefinition plain = service.bindService();
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    for (ServerMethodDefinition<?, ?> method : plain.getMethods()) {
      methods.add(
          method.getMethodDescriptor().equals(LiveKitBridgeGrpc.getStreamAudioMethod())
              ? replace(method)
              : method);
    }
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(plain.getServiceDescriptor().getName())
            .setSchemaDescriptor(plain.getServiceDescriptor().getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder bound = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(bound::addMethod);
    return bound.build();
  }

  // It is the method of that descriptor: both its messages are chunks.
  @SuppressWarnings("unchecked")
  private static ServerMethodDefinition<AudioChunk, AudioChunk> replace(
      ServerMethodDefinition<?, ?> method) {
    return ServerMethodDefinition.create(
        METHOD, ((ServerMethodDefinition<AudioChunk, AudioChunk>) method).getServerCallHandler());
  }
}
