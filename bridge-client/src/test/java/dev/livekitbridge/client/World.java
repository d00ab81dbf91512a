package dev.livekitbridge.client;

import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.testing.FakeClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.LoggerFactory;

/** A client on virtual time, its network and its bridges. */
final class World implements AutoCloseable {
  static final String A = "a:1";
  static final String B = "b:1";

  final FakeClock clock = new FakeClock();
  final FakeNetwork network = new FakeNetwork(clock);
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final List<ReconnectAlert> alerts = new ArrayList<>();
  final BridgeClient client;

  World(long seed, String... more) {
    this(seed, builder -> builder, more);
  }

  World(long seed, UnaryOperator<BridgeClient.Builder> options, String... more) {
    ClientRuntime runtime =
        new ClientRuntime(
            clock,
            clock.scheduler(),
            clock.scheduler(),
            clock.scheduler(),
            new Random(seed),
            network,
            LoggerFactory::getLogger,
            () -> {});
    client =
        options
            .apply(BridgeClient.builder(A, more).meterRegistry(meters).onAlert(alerts::add))
            .build(runtime);
  }

  ModelBridge a() {
    return network.bridge(A);
  }

  ModelBridge b() {
    return network.bridge(B);
  }

  User open(String user) {
    return new User(user, request -> request);
  }

  User open(String user, UnaryOperator<SessionRequest.Builder> options) {
    return new User(user, options);
  }

  void pass(Duration time) {
    clock.advance(time);
  }

  void passMillis(long millis) {
    clock.advance(Duration.ofMillis(millis));
  }

  /** Lets time pass until it holds; returns how many milliseconds it took, or fails. */
  long until(long mostMillis, BooleanSupplier holds) {
    for (long millis = 0; millis <= mostMillis; millis++) {
      if (holds.getAsBoolean()) {
        return millis;
      }
      passMillis(1);
    }
    throw new AssertionError("did not come to pass within " + mostMillis + " ms");
  }

  /** Closes the client; nothing may be left to run. */
  @Override
  public void close() {
    for (BridgeSession session : client.sessions()) {
      session.beginClose(Duration.ZERO);
    }
    pass(Duration.ofSeconds(5));
    client.close(Duration.ZERO);
    pass(Duration.ofSeconds(61));
    if (clock.pendingTasks() != 0) {
      throw new AssertionError("tasks left: " + clock.pendingDelays());
    }
  }

  /** A session and what its caller sees. */
  final class User {
    final BridgeSession session;
    final List<SessionEvent> events = new ArrayList<>();
    final List<Integer> heard = new ArrayList<>();
    final List<TokenRequest> tokens = new ArrayList<>();
    final String id;
    int ready;
    int sent;

    User(String id, UnaryOperator<SessionRequest.Builder> options) {
      this.id = id;
      session =
          client.open(
              options
                  .apply(
                      SessionRequest.builder(id)
                          .room("room")
                          .resumeKey("secret-key")
                          .tokens(
                              request -> {
                                tokens.add(request);
                                return "eyJ-token-" + tokens.size();
                              })
                          .onAudio(this::hear)
                          .onEvent(events::add)
                          .onReady(() -> ready++))
                  .build());
    }

    private void hear(AudioFrame frame) {
      heard.add(Frames.number(frame));
    }

    SendResult send() {
      return session.send(Frames.frame(++sent));
    }

    boolean connected() {
      return session.state() == ConnectionState.CONNECTED;
    }

    User connect() {
      until(10_000, this::connected);
      return this;
    }

    <E extends SessionEvent> List<E> events(Class<E> kind) {
      return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The states it went through. */
    List<ConnectionState> states() {
      return events(SessionEvent.StateChanged.class).stream()
          .map(SessionEvent.StateChanged::to)
          .toList();
    }
  }
}
