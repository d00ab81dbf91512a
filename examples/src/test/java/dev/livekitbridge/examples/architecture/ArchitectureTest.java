package dev.livekitbridge.examples.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The house rules of the code, checked: floors, cycles, time, threads, console, nullness. */
class ArchitectureTest {
  private static final String ROOT = "dev.livekitbridge";

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages(ROOT);

  private static final DescribedPredicate<JavaClass> LIBRARY =
      DescribedPredicate.describe(
          "code of the libraries",
          type ->
              !type.getPackageName().startsWith(ROOT + ".proto")
                  && !type.getPackageName().startsWith(ROOT + ".examples"));

  @Test
  void floorsKnowOnlyThoseBelow() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("proto")
        .definedBy(ROOT + ".proto..")
        .layer("core")
        .definedBy(ROOT + ".core..")
        .layer("client")
        .definedBy(ROOT + ".client..")
        .layer("server")
        .definedBy(ROOT + ".server..")
        .layer("examples")
        .definedBy(ROOT + ".examples..")
        .whereLayer("examples")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("client")
        .mayOnlyBeAccessedByLayers("examples")
        .whereLayer("server")
        .mayOnlyBeAccessedByLayers("examples")
        .whereLayer("core")
        .mayOnlyBeAccessedByLayers("client", "server", "examples")
        .check(ALL);
  }

  /** Whoever brings no OpenTelemetry must not need it. */
  @Test
  void onlyTracesKnowOpenTelemetry() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".core.trace")
        .and()
        .doNotHaveFullyQualifiedName(ROOT + ".core.BridgeTracing")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.opentelemetry..")
        .check(ALL);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(ALL);
  }

  @Test
  void theLinkIsPure() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".core.link..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "io.netty..", "java.net..", "java.nio.channels..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.concurrent.ScheduledExecutorService")
        .check(ALL);
  }

  @Test
  void noWallClockAndNoSleepInTheLibraries() {
    noClasses()
        .that(LIBRARY)
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDateTime.class, "now")
        .orShould()
        .callMethod(ZonedDateTime.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .because("time comes from core.TimeSource and the injected scheduler")
        .check(ALL);
  }

  @Test
  void threadsAreMadeAtTheCompositionRootsOnly() {
    noClasses()
        .that(LIBRARY)
        .and()
        .haveSimpleNameNotEndingWith("Threads")
        .should()
        .callConstructorWhere(
            DescribedPredicate.describe(
                "it makes a thread", call -> call.getTargetOwner().isAssignableTo(Thread.class)))
        .check(ALL);
  }

  @Test
  void librariesSpeakThroughSlf4jOnly() {
    noClasses()
        .that(LIBRARY)
        .and()
        // The transport's own logger speaks through java.util.logging; this one quiets it.
        .doNotHaveSimpleName("StreamErrorFilter")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .check(ALL);
  }

  @Test
  void everyPackageSaysWhatMayBeNull() {
    classes()
        .that()
        .haveSimpleName("package-info")
        .and()
        .resideOutsideOfPackage(ROOT + ".proto..")
        .should()
        .beAnnotatedWith(NullMarked.class)
        .check(ALL);
  }
}
