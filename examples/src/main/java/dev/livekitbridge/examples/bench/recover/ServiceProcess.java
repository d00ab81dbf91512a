package dev.livekitbridge.examples.bench.recover;

import dev.livekitbridge.examples.terminal.Json;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A service in a process of its own, to be killed. Says when it opened and when it first heard. */
public final class ServiceProcess {
  private ServiceProcess() {}

  /**
   * Runs until it is killed.
   *
   * @param args the bridge, the user, the room's URL, the number of its stream; the resume key is
   *     in the environment
   */
  public static void main(String... args) throws InterruptedException {
    String key = System.getenv().getOrDefault(Service.KEY_VARIABLE, "");
    try (Service service = service(args, key)) {
      tell("open", service.openNanos());
      tell("audio", service.awaitAudio(service.openNanos(), Duration.ofSeconds(30)));
      new CountDownLatch(1).await();
    }
  }

  private static Service service(String[] args, String key) {
    return new Service(
        List.of(args[0]),
        args[1],
        args[2],
        key,
        false,
        Integer.parseInt(args[3]),
        number -> tell("heard", number));
  }

  private static void tell(String event, long value) {
    String line = Json.line(Json.object("event", event, "value", value));
    synchronized (System.out) {
      System.out.println(line);
    }
  }
}
