package dev.livekitbridge.client;

import io.grpc.inprocess.InProcessChannelBuilder;
import java.util.function.UnaryOperator;

/** Clients of bridges in this process. */
final class InProcess {
  // Of the kinds of target the one that nobody looks up or parts.
  private static final String PREFIX = "unix:";

  private InProcess() {}

  static String target(FakeBridge bridge) {
    return PREFIX + bridge.name;
  }

  static BridgeClient client(FakeBridge bridge, UnaryOperator<BridgeClient.Builder> options) {
    return options
        .apply(
            BridgeClient.builder(target(bridge))
                .channels(
                    target -> InProcessChannelBuilder.forName(target.substring(PREFIX.length()))))
        .build();
  }
}
