package dev.mortar.systemtests;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In no module two packages need each other, directly or by way of others. */
class PackageCirclesTest {

    static List<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of(".."))) {
            return folders.map(each -> each.resolve("target/classes/dev/mortar"))
                    .filter(Files::isDirectory)
                    .toList();
        }
    }

    @BeforeAll
    static void readOnlyTheModules() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    }

    @ParameterizedTest
    @MethodSource("modules")
    void packagesFormNoCircle(Path classes) {
        slices().matching("dev.mortar.(**)")
                .should()
                .beFreeOfCycles()
                .check(new ClassFileImporter().importPath(classes));
    }
}
