package dev.livekitbridge.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** The documentation, held against the code: what it shows compiles, what it names is there. */
class DocsTest {
  private static final Pattern TEST_NAME = Pattern.compile("[A-Z]\\w*Test");

  private final List<Markdown> pages = Markdown.pages();

  @Test
  void everyJavaBlockCompiles() {
    Snippets snippets = new Snippets();
    pages.forEach(page -> page.blocks("java").forEach(snippets::add));

    assertThat(snippets.size()).isPositive();
    assertThat(snippets.errors()).isEmpty();
  }

  @Test
  void aBlockThatDoesNotCompileIsFound() {
    Snippets snippets = new Snippets();
    snippets.add(new Markdown.Block("java", "page.md:7", "BridgeClient.builder(42).build();"));

    assertThat(snippets.errors()).singleElement().asString().startsWith("page.md:7: ");
  }

  @Test
  void everyXmlBlockIsWellFormedAndNamesArtifactsThatAreThere() throws Exception {
    List<String> unknown = new ArrayList<>();
    Set<String> artifacts = artifacts();
    for (Markdown page : pages) {
      for (Markdown.Block block : page.blocks("xml")) {
        Document xml =
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader("<all>" + block.text() + "</all>")));
        var dependencies = xml.getElementsByTagName("dependency");
        for (int i = 0; i < dependencies.getLength(); i++) {
          String text = dependencies.item(i).getTextContent();
          if (text.contains("dev.livekitbridge")
              && artifacts.stream().noneMatch(a -> text.matches("(?s).*\\b" + a + "\\b.*"))) {
            unknown.add(block.where() + ": " + text.strip());
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void everyTestThatIsNamedIsThere() throws IOException {
    Set<String> tests = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Markdown.root())) {
      files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith("Test.java"))
          .forEach(f -> tests.add(f.replace(".java", "")));
    }
    List<String> missing = new ArrayList<>();
    for (Markdown page : pages) {
      for (String span : page.spans()) {
        if (TEST_NAME.matcher(span).matches() && !tests.contains(span)) {
          missing.add(page.name() + ": " + span);
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void everyLinkLeadsSomewhere() {
    List<String> dead = new ArrayList<>();
    for (Markdown page : pages) {
      for (String link : page.links()) {
        if (link.contains("://") || link.startsWith("#") || link.startsWith("mailto:")) {
          continue;
        }
        if (!Files.exists(page.folder().resolve(link.replaceAll("#.*", "")))) {
          dead.add(page.name() + ": " + link);
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  private static Set<String> artifacts() throws IOException {
    String pom = Files.readString(Markdown.root().resolve("pom.xml"));
    return Pattern.compile("<artifactId>(bridge-\\w+)</artifactId>")
        .matcher(pom)
        .results()
        .map(m -> m.group(1))
        .collect(Collectors.toSet());
  }
}
