package dev.livekitbridge.examples.docs;

import com.sun.source.util.JavacTask;
import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.core.AudioFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.slf4j.Logger;

/**
 * Compiles the Java of the documentation. A snippet that declares nothing is the body of a method;
 * else what it declares are members. Around it is what every reader has: {@link Reader}.
 */
public final class Snippets {
  private static final Pattern DECLARES =
      Pattern.compile(
          "(?m)^(@\\w+\\b.*\\s+)*(public |private |static |final |abstract |sealed )*"
              + "(class|interface|record|enum|void) \\w+");

  private static final String IMPORTS =
      """
      import dev.livekitbridge.client.*;
      import dev.livekitbridge.core.*;
      import dev.livekitbridge.server.*;
      import dev.livekitbridge.server.room.*;
      import dev.livekitbridge.server.room.livekit.*;
      import dev.livekitbridge.server.room.memory.*;
      import io.grpc.*;
      import io.micrometer.core.instrument.*;
      import java.io.*;
      import java.net.URI;
      import java.nio.file.*;
      import java.time.*;
      import java.util.*;
      import java.util.concurrent.*;
      """;

  private final Map<String, String> whereByUnit = new LinkedHashMap<>();
  private final List<JavaFileObject> units = new ArrayList<>();

  /** What a reader is taken to have; the snippets say these names without a declaration. */
  public abstract static class Reader {
    protected String secret = "";
    protected byte[] pcm = {};
    protected long timestampMillis;
    protected AudioFrame frame = AudioFrame.copyOf(pcm, 0);
    protected BridgeClient client;
    protected BridgeSession session;
    protected Recognizer recognizer;
    protected Logger log;

    protected Reader(
        BridgeClient client, BridgeSession session, Recognizer recognizer, Logger log) {
      this.client = client;
      this.session = session;
      this.recognizer = recognizer;
      this.log = log;
    }

    protected abstract String mintToken(String identity);
  }

  /** Whoever understands speech. */
  public interface Recognizer {
    void accept(AudioFrame frame);
  }

  void add(Markdown.Block block) {
    String name = "Snippet" + (units.size() + 1);
    whereByUnit.put(name, block.where());
    StringBuilder imports = new StringBuilder(IMPORTS);
    StringBuilder body = new StringBuilder();
    for (String line : block.text().split("\n", -1)) {
      if (line.startsWith("import ")) {
        imports.append(line).append('\n');
      } else if (!line.startsWith("package ")) {
        body.append(line).append('\n');
      }
    }
    boolean declares = DECLARES.matcher(body).find();
    String source =
        "package snippets;\n"
            + imports
            + "abstract class "
            + name
            + " extends "
            + Reader.class.getCanonicalName()
            + " {\n"
            + (name + "() { super(null, null, null, null); }\n")
            + (declares ? body : "void run() throws Exception {\n" + body + "}\n")
            + "}\n";
    units.add(
        new SimpleJavaFileObject(
            URI.create("string:///snippets/" + name + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        });
  }

  int size() {
    return units.size();
  }

  /** What the compiler says against them, each with page and line of its block. */
  List<String> errors() {
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, found, List.of("-proc:none"), null, units);
    try {
      // To the point where every name and type is known: nothing is written.
      task.analyze();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found.getDiagnostics().stream()
        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
        .map(this::message)
        .toList();
  }

  private String message(Diagnostic<? extends JavaFileObject> error) {
    JavaFileObject source = error.getSource();
    String unit = source == null ? "" : source.getName().replaceAll(".*/|\\.java", "");
    return whereByUnit.getOrDefault(unit, unit) + ": " + error.getMessage(null);
  }
}
