package dev.livekitbridge.examples.bench.livekit;

import dev.livekitbridge.examples.bench.load.Arrivals;
import dev.livekitbridge.examples.livekit.LiveKitAccess;

/** The service in a JVM of its own: hears the people through the bridge, or without one. */
public final class ServiceWorker {
  private final Users users;
  private final DirectHearers direct;
  private Arrivals arrivals = new Arrivals(1);

  private ServiceWorker(LiveKitAccess access, int port) {
    users = new Users(access, port);
    direct = new DirectHearers(access);
  }

  /**
   * Runs until standard input ends.
   *
   * @param args the server's URL and the bridge's port; key and secret are in the environment
   */
  public static void main(String... args) throws Exception {
    Orders orders = new Orders();
    ServiceWorker worker = new ServiceWorker(Orders.access(args[0]), Integer.parseInt(args[1]));
    orders.take(worker::obey);
    worker.users.close();
    worker.direct.close();
    System.exit(0);
  }

  private Object obey(String[] words) throws InterruptedException {
    return switch (words[0]) {
      case "open" -> {
        hearers(words[1]).open(Integer.parseInt(words[2]));
        yield true;
      }
      case "count" -> {
        arrivals = new Arrivals(Integer.parseInt(words[2]));
        hearers(words[1]).count(arrivals);
        yield true;
      }
      case "take" ->
          new Service.Heard(
              arrivals.received(), arrivals.disordered(), Latency.of(arrivals.takeLatencies()));
      case "leave" -> {
        hearers(words[1]).leave();
        yield true;
      }
      default -> throw new IllegalArgumentException("unknown order: " + words[0]);
    };
  }

  private Hearers hearers(String way) {
    return switch (Service.Way.valueOf(way)) {
      case BRIDGE -> users;
      case DIRECT -> direct;
    };
  }
}
