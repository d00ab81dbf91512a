package dev.livekitbridge.examples.simulate.net;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Names a call for an observer, who may hang what it knows of it on each side. */
public final class CallTag {
  private final String method;
  private final Host from;
  private final Host to;
  private final SimProcess client;
  private @Nullable SimProcess server;
  private BooleanSupplier serverReady = () -> false;
  private @Nullable Object atClient;
  private @Nullable Object atServer;

  CallTag(String method, Host from, Host to, SimProcess client) {
    this.method = method;
    this.from = from;
    this.to = to;
    this.client = client;
  }

  /** The bare name of the method. */
  public String method() {
    return method;
  }

  /** Where the call was made. */
  public Host from() {
    return from;
  }

  /** Where it goes. */
  public Host to() {
    return to;
  }

  /** Who made it. */
  public SimProcess client() {
    return client;
  }

  /** Who serves it; null before it came there. */
  public @Nullable SimProcess server() {
    return server;
  }

  /** What the observer hung on the client's side. */
  public @Nullable Object atClient() {
    return atClient;
  }

  /** Hangs something on the client's side. */
  public void atClient(Object value) {
    atClient = value;
  }

  /** What the observer hung on the server's side. */
  public @Nullable Object atServer() {
    return atServer;
  }

  /** Hangs something on the server's side. */
  public void atServer(Object value) {
    atServer = value;
  }

  /** Whether what its server sends now goes out. */
  public boolean isServerReady() {
    return serverReady.getAsBoolean();
  }

  void servedBy(SimProcess process) {
    server = process;
  }

  void serverReady(BooleanSupplier ready) {
    serverReady = ready;
  }
}
