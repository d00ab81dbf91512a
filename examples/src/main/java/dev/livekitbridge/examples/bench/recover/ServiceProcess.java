package dev.livekitbridge.examples.bench.recover;

import dev.livekitbridge.examples.terminal.Json;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A service in a process of its own, to be killed. Says when it opened and when it first heard. */
public final class ServiceProcess {
  private ServiceProcess() {}

  /**
   * Runs until it is killed.
   *
   * @param args the bridge, the user, the room's URL; the resume key is in the environment
   */
  public static void main(String... args) throws InterruptedException {
    String key = System.getenv().getOrDefault(Service.KEY_VARIABLE, "");
    try (Service service = new Service(args[0], args[1], args[2], key)) {
      tell("open", service.openNanos());
      tell("audio", service.awaitAudio(service.openNanos(), Duration.ofSeconds(30)));
      new CountDownLatch(1).await();
    }
  }

  private static void tell(String event, long nanos) {
    System.out.println(Json.line(Json.object("event", event, "nanos", nanos)));
  }
}
