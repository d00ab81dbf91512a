package dev.livekitbridge.examples.demo;

import dev.livekitbridge.examples.harness.FaultProxy;
import dev.livekitbridge.examples.harness.JvmSpec;
import dev.livekitbridge.examples.harness.NetworkNamespace;
import org.jspecify.annotations.Nullable;

/** The link between service and bridge, which can be cut. */
interface Link extends AutoCloseable {
  /** Which way is cut. */
  enum Way {
    BOTH,
    TO_BRIDGE,
    TO_SERVICE
  }

  /** Where the bridge is to listen. */
  String bridgeHost();

  /** What the service is to dial to reach a bridge. */
  String dial(int bridgePort);

  /** Puts the service on its side of the link. */
  JvmSpec place(JvmSpec service);

  /** Loses whatever goes one way, or both, without a word to either end. */
  void cut(Way way);

  void heal();

  /** How it is cut, for people. */
  String describe();

  @Override
  void close();

  /** A link whose packets are lost in a network namespace of ours. */
  static Link of(NetworkNamespace namespace) {
    return new NamespaceLink(namespace);
  }

  /** A link through a proxy. */
  static Link throughProxy() {
    return new ProxyLink();
  }

  /** The real thing: the service lives in a namespace, and its packets get lost. */
  final class NamespaceLink implements Link {
    private final NetworkNamespace namespace;

    private NamespaceLink(NetworkNamespace namespace) {
      this.namespace = namespace;
    }

    @Override
    public String bridgeHost() {
      return namespace.outsideAddress();
    }

    @Override
    public String dial(int bridgePort) {
      return namespace.outsideAddress() + ":" + bridgePort;
    }

    @Override
    public JvmSpec place(JvmSpec service) {
      return service.in(namespace);
    }

    @Override
    public void cut(Way way) {
      if (way != Way.TO_SERVICE) {
        namespace.cut(NetworkNamespace.Direction.OUT_OF);
      }
      if (way != Way.TO_BRIDGE) {
        namespace.cut(NetworkNamespace.Direction.INTO);
      }
    }

    @Override
    public void heal() {
      namespace.heal();
    }

    @Override
    public String describe() {
      return "the service runs in a network namespace of its own; a cut loses its packets";
    }

    @Override
    public void close() {
      namespace.close();
    }
  }

  /** Where there is no namespace: a proxy that swallows. */
  final class ProxyLink implements Link {
    private @Nullable FaultProxy proxy;

    @Override
    public String bridgeHost() {
      return "127.0.0.1";
    }

    @Override
    public String dial(int bridgePort) {
      FaultProxy started = proxy;
      if (started == null) {
        started = FaultProxy.to("127.0.0.1", bridgePort);
        proxy = started;
      }
      return started.address();
    }

    @Override
    public JvmSpec place(JvmSpec service) {
      return service;
    }

    @Override
    public void cut(Way way) {
      if (proxy != null && way != Way.TO_SERVICE) {
        proxy.blackHole(FaultProxy.Direction.TO_TARGET);
      }
      if (proxy != null && way != Way.TO_BRIDGE) {
        proxy.blackHole(FaultProxy.Direction.FROM_TARGET);
      }
    }

    @Override
    public void heal() {
      if (proxy != null) {
        proxy.heal();
      }
    }

    @Override
    public String describe() {
      return "the service reaches the bridge through a proxy; a cut swallows every byte";
    }

    @Override
    public void close() {
      if (proxy != null) {
        proxy.close();
      }
    }
  }
}
