package dev.livekitbridge.examples.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of the documentation, and what in it can be checked. */
public final class Markdown {
  private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Set<String> LEFT_OUT = Set.of("target", "node_modules", ".git");

  private final Path file;
  private final List<Block> blocks = new ArrayList<>();
  private final String prose;

  /**
   * What stands between two fences.
   *
   * @param language as the fence names it; empty if it does not
   * @param where page and line, for messages
   * @param text without the fences
   */
  public record Block(String language, String where, String text) {}

  private Markdown(Path file) throws IOException {
    this.file = file;
    StringBuilder text = new StringBuilder();
    StringBuilder block = new StringBuilder();
    String language = null;
    int line = 0;
    int began = 0;
    for (String next : Files.readAllLines(file)) {
      line++;
      if (next.strip().startsWith("```")) {
        if (language == null) {
          language = next.strip().substring(3).strip();
          began = line;
        } else {
          blocks.add(new Block(language, name() + ":" + began, block.toString()));
          block.setLength(0);
          language = null;
        }
      } else {
        (language == null ? text : block).append(next).append('\n');
      }
    }
    if (language != null) {
      throw new AssertionError(name() + ":" + began + ": a block that does not end");
    }
    this.prose = text.toString();
  }

  /** Every page of the project. */
  public static List<Markdown> pages() {
    try (Stream<Path> files = Files.walk(root())) {
      return files
          .filter(f -> f.toString().endsWith(".md"))
          .filter(
              f -> {
                for (Path part : root().relativize(f)) {
                  if (LEFT_OUT.contains(part.toString())) {
                    return false;
                  }
                }
                return true;
              })
          .sorted()
          .map(Markdown::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One page. */
  public static Markdown read(Path file) {
    try {
      return new Markdown(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the parent's pom is; tests run in the folder of their module. */
  public static Path root() {
    return Path.of("").toAbsolutePath().getParent();
  }

  /** Its path from the root. */
  public String name() {
    return root().relativize(file.toAbsolutePath()).toString();
  }

  /** The folder that its links start from. */
  public Path folder() {
    return file.toAbsolutePath().getParent();
  }

  /** Its blocks in one language. */
  public List<Block> blocks(String language) {
    return blocks.stream().filter(b -> b.language().equals(language)).toList();
  }

  /** What is set in the type of code, outside of blocks. */
  public List<String> spans() {
    return all(SPAN);
  }

  /** Where its links lead. */
  public List<String> links() {
    return all(LINK);
  }

  private List<String> all(Pattern pattern) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(prose);
    while (matcher.find()) {
      found.add(matcher.group(1).replaceAll("\\s+", " "));
    }
    return found;
  }
}
