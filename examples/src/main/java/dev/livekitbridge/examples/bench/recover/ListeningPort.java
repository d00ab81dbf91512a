package dev.livekitbridge.examples.bench.recover;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Sees from outside when a process opens its port, without a connection where Linux tells. */
final class ListeningPort {
  private static final int POLL_MILLIS = 2;
  private static final int CONNECT_MILLIS = 100;

  private ListeningPort() {}

  /**
   * Waits until someone listens on the port of the loopback.
   *
   * @return when that was seen, within some milliseconds
   */
  static long await(int port, Duration limit) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + limit.toNanos();
    while (!isOpen(port)) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new IllegalStateException("nobody listens on port " + port + " after " + limit);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return System.nanoTime();
  }

  private static boolean isOpen(int port) {
    try {
      // "LOCAL_ADDRESS:PORT REMOTE_ADDRESS:PORT STATE", all hexadecimal.
      String port4 = String.format(Locale.ROOT, ":%04X 00000000:0000 0A ", port);
      String port6 = String.format(Locale.ROOT, ":%04X %032d:0000 0A ", port, 0);
      return Files.readString(Path.of("/proc/net/tcp")).contains(port4)
          || Files.readString(Path.of("/proc/net/tcp6")).contains(port6);
    } catch (IOException e) {
      return accepts(port);
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
