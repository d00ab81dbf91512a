package dev.livekitbridge.examples.livekit;

import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A livekit-server that we start: on loopback, on free ports, with a key of its own, for as long as
 * its {@link ProcessGroup} lives.
 */
public final class LiveKitServerProcess implements AutoCloseable {
  private static final String NAME = "livekit-server";
  private static final String KEY = "bridge";
  private static final int START_LIMIT_SECONDS = 20;

  private final Process process;
  private final Path config;
  private final LiveKitAccess access;

  private LiveKitServerProcess(Process process, Path config, LiveKitAccess access) {
    this.process = process;
    this.config = config;
    this.access = access;
  }

  /**
   * The server that {@code .ci/run} installs, or that {@code LIVEKIT_SERVER} names.
   *
   * @return its program, if it is here
   */
  public static Optional<Path> installed() {
    String named = System.getenv("LIVEKIT_SERVER");
    Path path =
        named == null || named.isBlank()
            ? Path.of(
                System.getProperty("user.home"),
                ".cache/livekit-bridge/livekit-server-1.11.0/bin/server")
            : Path.of(named);
    return Files.isExecutable(path) ? Optional.of(path) : Optional.empty();
  }

  /**
   * Starts one, and waits until it answers.
   *
   * @param group that ends it
   * @param program livekit-server
   * @return the server
   * @throws CommandException if it does not start; with where its log is
   */
  public static LiveKitServerProcess start(ProcessGroup group, Path program) {
    return start(group, program, List.of());
  }

  /**
   * Starts one with more settings.
   *
   * @param group that ends it
   * @param program livekit-server
   * @param rtc lines for the section {@code rtc} of its configuration, such as {@code force_tcp:
   *     true}
   * @return the server
   * @throws CommandException if it does not start; with where its log is
   */
  public static LiveKitServerProcess start(ProcessGroup group, Path program, List<String> rtc) {
    if (!Files.isExecutable(program)) {
      throw new CommandException(
          ExitCode.UNREACHABLE,
          program
              + " is no program (expected: livekit-server; 'go install"
              + " github.com/livekit/livekit-server/cmd/server@v1.11.0' builds it as 'server')");
    }
    try {
      byte[] secret = new byte[24];
      new SecureRandom().nextBytes(secret);
      int port = freePort();
      LiveKitAccess access =
          new LiveKitAccess("ws://127.0.0.1:" + port, KEY, HexFormat.of().formatHex(secret));
      Path config = write(access, port, rtc);
      Process process =
          group.start(NAME, List.of(program.toString(), "--config", config.toString()));
      LiveKitServerProcess server = new LiveKitServerProcess(process, config, access);
      server.awaitPort(port, group.logFile(NAME));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare " + NAME, e);
    }
  }

  private static Path write(LiveKitAccess access, int port, List<String> rtc) throws IOException {
    // It holds the secret: readable by us alone, and gone with the server.
    Path config =
        Files.createTempFile(
            "livekit-",
            ".yaml",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    config.toFile().deleteOnExit();
    return Files.writeString(
        config,
        String.join(
            "\n",
            "port: " + port,
            "bind_addresses: [127.0.0.1]",
            "keys: {" + access.key() + ": " + access.secret() + "}",
            "logging: {level: warn}",
            "room: {departure_timeout: 1}",
            "rtc:",
            "  tcp_port: " + freePort(),
            "  udp_port: " + freeUdpPort(),
            "  use_external_ip: false",
            rtc.stream().anyMatch(line -> line.startsWith("node_ip")) ? "" : "  node_ip: 127.0.0.1",
            rtc.stream().map(line -> "  " + line + "\n").collect(Collectors.joining())));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static int freeUdpPort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitPort(int port, Path log) {
    for (int tries = 0; tries < 20 * START_LIMIT_SECONDS && process.isAlive(); tries++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        return;
      } catch (IOException notYet) {
        pause();
      }
    }
    close();
    throw new CommandException(
        ExitCode.UNREACHABLE, NAME + " does not answer on port " + port + "; its log is " + log);
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException(ExitCode.UNREACHABLE, "interrupted while " + NAME + " starts", e);
    }
  }

  /**
   * How to reach it.
   *
   * @return URL, key and secret
   */
  public LiveKitAccess access() {
    return access;
  }

  /**
   * The id of the process.
   *
   * @return its pid
   */
  public long pid() {
    return process.pid();
  }

  /** SIGKILL: it keeps nothing that could be lost. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      Files.deleteIfExists(config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
