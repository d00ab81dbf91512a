package dev.livekitbridge.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Each package of the bridge knows those below it only; sessions know no gRPC stream. */
@NullMarked
class PackagesTest {
  private static final String ROOT = "dev.livekitbridge.server";

  private static final JavaClasses BRIDGE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void packagesKnowOnlyThoseBelow() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("server")
        .definedBy(ROOT)
        .layer("rpc")
        .definedBy(ROOT + ".rpc")
        .layer("admin")
        .definedBy(ROOT + ".admin")
        .layer("session")
        .definedBy(ROOT + ".session")
        .layer("playback")
        .definedBy(ROOT + ".playback")
        .layer("memory")
        .definedBy(ROOT + ".room.memory")
        .layer("room")
        .definedBy(ROOT + ".room")
        .whereLayer("server")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("admin")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("rpc")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("session")
        .mayOnlyBeAccessedByLayers("server", "rpc", "admin")
        .whereLayer("playback")
        .mayOnlyBeAccessedByLayers("server", "session")
        .whereLayer("memory")
        .mayOnlyBeAccessedByLayers("server")
        .check(BRIDGE);
  }

  @Test
  void playbackKnowsNoRooms() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".playback")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".room..", "io.grpc..", "io.netty..")
        .check(BRIDGE);
  }

  @Test
  void sessionsKnowNoTransport() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".session")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc.stub..", "io.grpc.netty..", "io.netty..", "java.net..")
        .check(BRIDGE);
  }
}
