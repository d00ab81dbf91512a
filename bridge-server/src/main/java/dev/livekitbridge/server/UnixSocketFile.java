package dev.livekitbridge.server;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The file of a Unix socket before it is listened on. */
final class UnixSocketFile {
  private UnixSocketFile() {}

  /**
   * Makes way: removes the file that a dead server left behind.
   *
   * @throws BindException if someone listens there, or the file is no socket
   */
  static void makeWay(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    // The kind of a file as POSIX tells it: Java names neither sockets nor devices.
    boolean other =
        Boolean.TRUE.equals(Files.getAttribute(path, "isOther", LinkOption.NOFOLLOW_LINKS));
    if (!other) {
      throw new BindException(
          path + " exists and is no socket: remove it, or choose another path for the socket");
    }
    if (isListenedOn(path)) {
      throw new BindException(
          path + ": another server listens on this Unix socket; stop it, or choose another path");
    }
    Files.delete(path);
  }

  private static boolean isListenedOn(Path path) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      return false;
    }
  }
}
