package dev.livekitbridge.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.livekitbridge.examples.docs.Markdown;
import dev.livekitbridge.examples.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

/** Every call of {@code examples/bridge} in the documentation is one that it understands. */
class DocumentedCommandsTest {
  private static final String PROGRAM = "examples/bridge";
  private static final Set<String> ENDS = Set.of("|", ">", ">>", "<", "&", "&&", ";", "#", "2>");

  @Test
  void everyCommandOfABlockParses() {
    List<String> wrong = new ArrayList<>();
    int seen = 0;
    for (Markdown page : Markdown.pages()) {
      for (Markdown.Block block : page.blocks("sh")) {
        for (List<String> command : commands(block.text())) {
          seen++;
          String error = parse(command);
          if (error != null) {
            wrong.add(block.where() + ": " + command + ": " + error);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).isGreaterThan(10);
  }

  @Test
  void everyCommandInTheTextParses() {
    List<String> wrong = new ArrayList<>();
    for (Markdown page : Markdown.pages()) {
      for (String span : page.spans()) {
        if (span.startsWith(PROGRAM + " ")) {
          // In a sentence a command may leave out what it needs.
          String error = parse(words(span).subList(1, words(span).size()));
          if (error != null && !error.startsWith("Missing required")) {
            wrong.add(page.name() + ": " + span + ": " + error);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void anUnknownOptionIsFound() {
    assertThat(commands("PORT=1 examples/bridge serve --prot 7 # no\n"))
        .singleElement()
        .satisfies(command -> assertThat(parse(command)).contains("--prot"));
  }

  /** The arguments of each call in a script. */
  private static List<List<String>> commands(String script) {
    List<List<String>> found = new ArrayList<>();
    for (String line : script.replace("\\\n", " ").split("\n", -1)) {
      List<String> words = words(line);
      int program = words.indexOf(PROGRAM);
      if (program >= 0) {
        int end = program + 1;
        while (end < words.size() && !ENDS.contains(words.get(end))) {
          end++;
        }
        found.add(List.copyOf(words.subList(program + 1, end)));
      }
    }
    return found;
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    for (String word : line.strip().split("\\s+", -1)) {
      if (word.startsWith("#")) {
        break;
      }
      words.add(word.replaceAll("^[\"']|[\"']$", ""));
    }
    return words;
  }

  private static @Nullable String parse(List<String> arguments) {
    try {
      BridgeCli.commandLine(Terminal.system()).parseArgs(arguments.toArray(String[]::new));
      return null;
    } catch (MissingParameterException e) {
      return "Missing required: " + e.getMessage();
    } catch (ParameterException e) {
      return e.getMessage();
    }
  }
}
