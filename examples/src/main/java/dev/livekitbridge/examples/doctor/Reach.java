package dev.livekitbridge.examples.doctor;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whether the server can be reached at all: its name, its port. */
final class Reach {
  private static final int CONNECT_MILLIS = 3_000;

  private Reach() {}

  static Finding name(Server server) {
    long startNanos = System.nanoTime();
    try {
      String addresses =
          Arrays.stream(InetAddress.getAllByName(server.address()))
              .map(InetAddress::getHostAddress)
              .collect(Collectors.joining(", "));
      return Finding.ok("name", server.host() + " is " + addresses + took(startNanos));
    } catch (UnknownHostException e) {
      return Finding.fault(
          "name",
          server.host() + " does not resolve",
          "Check the spelling of the host in the URL, and that this machine's DNS knows it"
              + " (getent hosts "
              + server.host()
              + ").");
    }
  }

  static Finding tcp(Server server) {
    long startNanos = System.nanoTime();
    String port = server.host() + ":" + server.port();
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getByName(server.address()), server.port()),
          CONNECT_MILLIS);
      return Finding.ok("tcp", port + " takes connections" + took(startNanos));
    } catch (SocketTimeoutException e) {
      return Finding.fault(
          "tcp",
          port + " does not answer within " + CONNECT_MILLIS / 1000 + " s",
          "A firewall swallows the packets, or the address is not the server's: open TCP port "
              + server.port()
              + " from here to it.");
    } catch (ConnectException e) {
      return Finding.fault(
          "tcp",
          port + " refuses connections",
          "Nothing listens there: start livekit-server, or correct the port in the URL"
              + " (7880 unless configured).");
    } catch (IOException e) {
      return Finding.fault(
          "tcp",
          port + " cannot be reached: " + e.getMessage(),
          "Check the network between here and the server.");
    }
  }

  static String took(long startNanos) {
    return String.format(Locale.ROOT, " (%.1f ms)", (System.nanoTime() - startNanos) / 1e6);
  }
}
