package dev.livekitbridge.examples.playback;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves sounds over HTTP on the loopback, each under an address that nobody guesses. A bridge
 * fetches from there only if it is told to ({@code serve --allow-playback-from 127.0.0.1}).
 */
public final class SoundServer implements AutoCloseable {
  /** Where a sound comes from, anew for each request. */
  private interface Source {
    InputStream open() throws IOException;

    long length() throws IOException;
  }

  private final Map<String, Source> sounds = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(new DefaultThreadFactory("sound-server", true));
  private final HttpServer server;

  /** Listens on a free port. */
  public SoundServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Serves a file of this machine; returns its address. */
  public String add(Path file) {
    return add(
        String.valueOf(file.getFileName()),
        new Source() {
          @Override
          public InputStream open() throws IOException {
            return Files.newInputStream(file);
          }

          @Override
          public long length() throws IOException {
            return Files.size(file);
          }
        });
  }

  /** Serves bytes under a name; returns their address. */
  public String add(String name, byte[] sound) {
    return add(
        name,
        new Source() {
          @Override
          public InputStream open() {
            return new ByteArrayInputStream(sound);
          }

          @Override
          public long length() {
            return sound.length;
          }
        });
  }

  private String add(String name, Source source) {
    String path = "/" + UUID.randomUUID() + "/" + name.replaceAll("[^A-Za-z0-9._-]", "_");
    sounds.put(path, source);
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Source source = sounds.get(exchange.getRequestURI().getPath());
      if (source == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      exchange.sendResponseHeaders(200, source.length());
      try (InputStream in = source.open();
          OutputStream out = exchange.getResponseBody()) {
        in.transferTo(out);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
