package dev.livekitbridge.examples.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A {@link LoadWorker} in a JVM of its own, which never outlives this one. */
final class WorkerProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Process process;
  private final BufferedWriter orders;
  private final BufferedReader answers;

  WorkerProcess(Stack stack, String side, LoadPlan plan, int port, List<String> jvmArgs)
      throws IOException {
    name = stack.name().toLowerCase(Locale.ROOT) + " " + side;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String arg : jvmArgs) {
      // So that two recordings do not overwrite each other.
      command.add(arg.replace("{side}", name.replace(' ', '-')));
    }
    command.add("-Dlogback.configurationFile=bench/logback.xml");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(LoadWorker.class.getName());
    command.add(stack.name());
    command.add(side);
    command.add(JSON.writeValueAsString(plan));
    command.add(Integer.toString(port));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    orders =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  <T> T tell(String order, Class<T> answer) throws IOException {
    say(order);
    return hear(order, answer);
  }

  void say(String order) throws IOException {
    orders.write(order);
    orders.newLine();
    orders.flush();
  }

  <T> T hear(String order, Class<T> answer) throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the " + name + " process ended at \"" + order + "\"; see its output");
    }
    return JSON.readValue(line, answer);
  }

  @Override
  public void close() throws IOException {
    try {
      orders.close();
      if (process.waitFor(5, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // It is gone already: there is nobody to tell.
      process.destroyForcibly();
    }
    process.destroyForcibly();
  }
}
