package dev.livekitbridge.examples.simulate.net;

import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A gRPC server of a process: what it serves. */
public final class SimServer {
  private final SimProcess process;
  private final Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();

  private SimServer(SimProcess process, ServerServiceDefinition service) {
    this.process = process;
    service
        .getMethods()
        .forEach(method -> methods.put(method.getMethodDescriptor().getFullMethodName(), method));
  }

  /** Opens the port of a machine. */
  public static void listen(Host host, SimProcess process, ServerServiceDefinition service) {
    host.listen(new SimServer(process, service));
  }

  SimProcess process() {
    return process;
  }

  @Nullable ServerMethodDefinition<?, ?> method(String fullName) {
    return methods.get(fullName);
  }
}
