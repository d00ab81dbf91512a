package dev.livekitbridge.examples.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a module exports is exactly what {@code public-api.txt} lists: nothing public by accident.
 */
class PublicApiTest {
  @ParameterizedTest
  @CsvSource({
    "dev.livekitbridge.core, dev.livekitbridge.core.AudioFrame",
    "dev.livekitbridge.client, dev.livekitbridge.client.BridgeClient",
    "dev.livekitbridge.server, dev.livekitbridge.server.BridgeServer"
  })
  void exportsWhatIsListed(String module, String type) throws Exception {
    Path home =
        Path.of(Class.forName(type).getProtectionDomain().getCodeSource().getLocation().toURI());
    ModuleDescriptor descriptor = ModuleFinder.of(home).find(module).orElseThrow().descriptor();
    Set<String> exported = new TreeSet<>();
    JavaClasses all =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages(module);
    for (ModuleDescriptor.Exports export : descriptor.exports()) {
      if (!export.isQualified()) {
        for (JavaClass found : all) {
          if (found.getPackageName().equals(export.source())
              && found.getModifiers().contains(JavaModifier.PUBLIC)
              && found.getEnclosingClass().isEmpty()) {
            exported.add(found.getName());
          }
        }
      }
    }
    assertThat(exported)
        .as("public types of %s; when the change is meant, edit public-api.txt", module)
        .containsExactlyElementsOf(listed(module));
  }

  private static Set<String> listed(String module) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PublicApiTest.class.getResourceAsStream("/public-api.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(module + "."))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
