package dev.mortar.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryRegistryTest {
    private static final Schema ONE = record("{'name':'a','type':'int'}");
    private static final Schema OPTIONAL_ADDED =
            record("{'name':'a','type':'int'},{'name':'b','type':'int','default':0}");
    private static final Schema REQUIRED_ADDED = record("{'name':'a','type':'int'},{'name':'c','type':'int'}");
    private static final Schema REMOVED = record("");

    @Test
    void isSharedByScope() {
        var here = RegistryClient.of(new RegistryConfig(Map.of("schema.registry.url", "mock://shared")));
        var there = RegistryClient.of(new RegistryConfig(Map.of("schema.registry.url", "mock://shared")));
        var elsewhere = RegistryClient.of(new RegistryConfig(Map.of("schema.registry.url", "mock://other")));

        int id = here.register("s", ONE);

        assertThat(there.schema(id)).isEqualTo(ONE);
        assertThat(there.lookUp("s", ONE)).isEqualTo(new RegistryClient.Version("s", 1, id, ONE));
        assertThatThrownBy(() -> elsewhere.schema(id))
                .isInstanceOfSatisfying(
                        RegistryException.NotFound.class,
                        e -> assertThat(e.errorCode()).isEqualTo(40403));
    }

    @Test
    void givesASchemaOneIdInAllSubjects() {
        var registry = new MemoryRegistry();

        int id = registry.register("s", ONE);
        assertThat(registry.register("t", ONE)).isEqualTo(id);
        assertThat(registry.register("s", OPTIONAL_ADDED)).isNotEqualTo(id);
        assertThat(registry.register("s", ONE)).isEqualTo(id);
        assertThat(registry.latest("s").version()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, OPTIONAL_ADDED REQUIRED_ADDED REMOVED",
        "BACKWARD, OPTIONAL_ADDED REMOVED",
        "BACKWARD_TRANSITIVE, OPTIONAL_ADDED REMOVED",
        "FORWARD, OPTIONAL_ADDED REQUIRED_ADDED",
        "FORWARD_TRANSITIVE, OPTIONAL_ADDED REQUIRED_ADDED",
        "FULL, OPTIONAL_ADDED",
        "FULL_TRANSITIVE, OPTIONAL_ADDED"
    })
    void enforcesCompatibilityAsARegistryDoes(Compatibility compatibility, String accepted) {
        var candidates = Map.of("OPTIONAL_ADDED", OPTIONAL_ADDED, "REQUIRED_ADDED", REQUIRED_ADDED, "REMOVED", REMOVED);
        var taken = candidates.entrySet().stream()
                .filter(candidate -> {
                    var registry = new MemoryRegistry();
                    registry.setCompatibility("s", compatibility);
                    registry.register("s", ONE);
                    try {
                        registry.register("s", candidate.getValue());
                        return true;
                    } catch (RegistryException.Incompatible e) {
                        return false;
                    }
                })
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());

        assertThat(taken).isEqualTo(Set.of(accepted.split(" ")));
    }

    @Test
    void looksAtEveryVersionOnlyWhenTransitive() {
        for (var compatibility :
                Stream.of(Compatibility.FULL, Compatibility.FULL_TRANSITIVE).toList()) {
            var registry = new MemoryRegistry();
            registry.setCompatibility("s", compatibility);
            registry.register("s", record("{'name':'b','type':'string','default':''}"));
            registry.register("s", REMOVED);
            var reused = record("{'name':'b','type':'int','default':0}");

            assertThat(registry.violations("s", reused).isEmpty()).isEqualTo(compatibility == Compatibility.FULL);
        }
    }

    private static Schema record(String fields) {
        return new Schema.Parser().parse(("{'type':'record','name':'R','fields':[" + fields + "]}").replace('\'', '"'));
    }
}
