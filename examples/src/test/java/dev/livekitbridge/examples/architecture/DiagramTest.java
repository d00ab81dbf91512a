package dev.livekitbridge.examples.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.livekitbridge.examples.docs.Markdown;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The arrows in {@code docs/architecture.md} are the dependencies of the code: all of them, between
 * all of its packages.
 */
class DiagramTest {
  private static final String ROOT = "dev.livekitbridge.";

  @Test
  void theDiagramShowsWhatDependsOnWhat() {
    String diagram =
        Markdown.read(Markdown.root().resolve("docs/architecture.md"))
            .blocks("mermaid")
            .get(0)
            .text();
    Set<String> drawn =
        diagram
            .lines()
            .map(String::strip)
            .filter(line -> line.contains(" --> "))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(drawn)
        .as("the arrows of the code; put them into docs/architecture.md:\n%s", lines(arrows()))
        .containsExactlyElementsOf(arrows());
  }

  /** Rooms of the libraries and who knows whom; the parts of the LiveKit engine are one. */
  private static Set<String> arrows() {
    Set<String> arrows = new TreeSet<>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.livekitbridge")) {
      String from = room(type);
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String to = room(dependency.getTargetClass());
        if (!from.isEmpty() && !to.isEmpty() && !from.equals(to)) {
          arrows.add(from + " --> " + to);
        }
      }
    }
    return arrows;
  }

  private static String room(JavaClass type) {
    String name = type.getPackageName();
    if (!name.startsWith(ROOT) || name.startsWith(ROOT + "examples")) {
      return "";
    }
    return name.substring(ROOT.length())
        .replaceAll("^(server\\.room\\.livekit)\\..*", "$1")
        .replaceAll("^(proto)\\..*", "$1");
  }

  private static String lines(Set<String> arrows) {
    return arrows.stream().map(a -> "  " + a).collect(Collectors.joining("\n"));
  }
}
