package dev.livekitbridge.server.playback;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.NullMarked;

/** A web server for files, which does what a test tells it, good and bad. */
@NullMarked
public final class FileServer implements AutoCloseable {
  private final Set<String> paths = new HashSet<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Answers one request. */
  @FunctionalInterface
  public interface Answer {
    void to(HttpExchange exchange) throws Exception;
  }

  public FileServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.start();
  }

  public FileServer file(String path, byte[] content) {
    return on(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, content.length == 0 ? -1 : content.length);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write(content);
          }
        });
  }

  public FileServer redirect(String path, int status, String location) {
    return on(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Location", location);
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
  }

  public FileServer status(String path, int status) {
    return on(
        path,
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
  }

  /** Answers a path; a later answer takes the place of an earlier one. */
  public FileServer on(String path, Answer answer) {
    // JDK 17 replaces by itself, JDK 25 refuses.
    if (!paths.add(path)) {
      server.removeContext(path);
    }
    server.createContext(
        path,
        exchange -> {
          try {
            answer.to(exchange);
          } catch (Exception e) {
            // The bridge went away, or the test ends: that is what it is for.
            exchange.close();
          }
        });
    return this;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
