package dev.livekitbridge.examples.observe;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A headless Chromium with one page, spoken to by its DevTools protocol. */
@NullMarked
final class Browser implements AutoCloseable {
  private static final int LIMIT_SECONDS = 60;
  private static final String LISTENING = "DevTools listening on ";

  private final ObjectMapper json = new ObjectMapper();
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final Process process;
  private final WebSocket socket;
  private final String session;

  Browser(Path program, Path profile) throws Exception {
    process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                // Tests run as root in CI, where Chromium has no sandbox; the page is our own.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    socket = connect(address());
    String target =
        call("Target.createTarget", "", Map.of("url", "about:blank")).get("targetId").asText();
    session =
        call("Target.attachToTarget", "", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asText();
    call("Page.enable", session, Map.of());
    call("Log.enable", session, Map.of());
    call("Runtime.enable", session, Map.of());
  }

  /** What the browser has to say against the page: refused by its policy, broken, not found. */
  List<String> complaints() {
    return complaints;
  }

  void size(int width, int height, boolean phone) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        session,
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
  }

  void dark(boolean dark) throws Exception {
    Map<String, String> scheme =
        Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
    call("Emulation.setEmulatedMedia", session, Map.of("features", List.of(scheme)));
  }

  void open(URI page) throws Exception {
    call("Page.navigate", session, Map.of("url", page.toString()));
    until("document.readyState == 'complete' && location.href != 'about:blank'");
  }

  /** Waits until an expression is true. */
  void until(String expression) {
    await(expression)
        .atMost(Duration.ofSeconds(LIMIT_SECONDS))
        .until(() -> evaluate(expression).asBoolean());
  }

  JsonNode evaluate(String expression) throws Exception {
    return call(
            "Runtime.evaluate", session, Map.of("expression", expression, "returnByValue", true))
        .path("result")
        .path("value");
  }

  void screenshot(Path file) throws Exception {
    String data = call("Page.captureScreenshot", session, Map.of()).get("data").asText();
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode(data));
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
  }

  private URI address() throws IOException {
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder all = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      all.append(line).append('\n');
      if (line.startsWith(LISTENING)) {
        drain(said);
        return URI.create(line.substring(LISTENING.length()));
      }
    }
    throw new IOException("the browser does not start: " + all);
  }

  private static void drain(BufferedReader said) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (said.readLine() != null) {
                  // Chromium says much that concerns nobody here.
                }
              } catch (IOException e) {
                // It ended.
              }
            },
            "browser-output");
    thread.setDaemon(true);
    thread.start();
  }

  private WebSocket connect(URI address) throws Exception {
    return HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(
            address,
            new WebSocket.Listener() {
              private final StringBuilder message = new StringBuilder();

              @Override
              public @Nullable CompletionStage<?> onText(
                  WebSocket from, CharSequence part, boolean last) {
                message.append(part);
                if (last) {
                  hear(message.toString());
                  message.setLength(0);
                }
                from.request(1);
                return null;
              }
            })
        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private void hear(String text) {
    JsonNode message;
    try {
      message = json.readTree(text);
    } catch (IOException e) {
      complaints.add("not understood: " + text);
      return;
    }
    CompletableFuture<JsonNode> waiting = answers.remove(message.path("id").asInt(-1));
    if (waiting != null) {
      waiting.complete(message);
    } else if (message.path("method").asText().equals("Log.entryAdded")) {
      complaints.add(message.path("params").path("entry").path("text").asText());
    }
  }

  private JsonNode call(String method, String in, Map<String, Object> params) throws Exception {
    int id = calls.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    ObjectNode call = json.createObjectNode().put("id", id).put("method", method);
    call.set("params", json.valueToTree(params));
    if (!in.isEmpty()) {
      call.put("sessionId", in);
    }
    socket.sendText(json.writeValueAsString(call), true).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    JsonNode message = answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (message.has("error")) {
      throw new AssertionError(method + ": " + message.get("error"));
    }
    return message.path("result");
  }
}
