package dev.livekitbridge.examples.bench.load;

import java.util.Locale;

/** What carries the load. */
public enum Stack {
  /** grpc-java alone, with the settings that measured best. */
  BARE {
    @Override
    LoadEnd server(LoadPlan plan, Arrivals arrivals) {
      return new BareServer(plan, arrivals);
    }

    @Override
    LoadEnd client(LoadPlan plan, Arrivals arrivals, int port) {
      return new BareClient(plan, arrivals, port);
    }
  },

  /** The same bridge and client without sequences, acknowledgements and retention. */
  PLAIN {
    @Override
    LoadEnd client(LoadPlan plan, Arrivals arrivals, int port) {
      return ServiceEnd.plain(plan, arrivals, port);
    }
  },

  /** The bridge, with rooms in its process: sequences, acknowledgements and retention on. */
  BRIDGE {
    @Override
    LoadEnd client(LoadPlan plan, Arrivals arrivals, int port) {
      return ServiceEnd.reliable(plan, arrivals, port);
    }
  };

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  LoadEnd server(LoadPlan plan, Arrivals arrivals) {
    return new BridgeEnd(plan, arrivals);
  }

  abstract LoadEnd client(LoadPlan plan, Arrivals arrivals, int port);
}
