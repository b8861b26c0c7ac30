package dev.mortar.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mortar.schemas.registry.Contract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AclsTest {
    private static final Path PAGE = Path.of("..", "docs", "kafka-rights.md");

    @Test
    void theCommittedPageSaysWhatIsDeclared() throws IOException {
        if (Boolean.getBoolean("mortar.approve")) {
            Files.writeString(PAGE, Acls.page());
        }
        assertThat(PAGE).as("run with -Dmortar.approve=true and read it").hasContent(Acls.page());
    }

    @Test
    void everyTopicHasOneWriter() {
        for (String topic : Topics.all().keySet()) {
            // The topic of lanes has no records.
            assertThat(users(topic, AclOperation.WRITE)).hasSize(topic.endsWith(".lanes") ? 0 : 1);
        }
        assertThat(users("customer.contacts", AclOperation.WRITE)).containsExactly("User:notification-service");
    }

    @Test
    void nobodyButTheServiceReadsItsCommandsAndReplies() {
        for (String noun : Service.ALL) {
            for (String kind : List.of(".commands", ".replies", ".dead-letters", ".lanes")) {
                assertThat(users(noun + kind, AclOperation.READ)).containsExactly("User:" + noun + "-service");
            }
        }
    }

    @Test
    void aServiceReadsWhatTheContractSays() {
        assertThat(users("inventory.levels", AclOperation.READ))
                .containsExactlyInAnyOrder(
                        "User:order-service", "User:returns-service", "User:auditor", "User:analytics");
        assertThat(users("pickup.events", AclOperation.READ))
                .containsExactlyInAnyOrder(
                        "User:pickup-service",
                        "User:order-service",
                        "User:inventory-service",
                        "User:notification-service",
                        "User:auditor",
                        "User:analytics");
        assertThat(users("customer.contacts", AclOperation.READ))
                .containsExactlyInAnyOrder("User:notification-service", "User:auditor");
        assertThat(users("customer.contact-reads", AclOperation.READ)).containsExactly("User:auditor");
        assertThat(users("customer.erasures", AclOperation.READ))
                .containsExactlyInAnyOrder("User:notification-service", "User:auditor");
    }

    @Test
    void onlyTheRegistryMayDoMoreThanReadAndWrite() {
        assertThat(Acls.declared(""))
                .filteredOn(right -> !Set.of(AclOperation.READ, AclOperation.WRITE)
                        .contains(right.entry().operation()))
                .isNotEmpty()
                .allSatisfy(right -> {
                    assertThat(right.entry().principal()).isEqualTo("User:registry");
                    assertThat(right.pattern().patternType()).isEqualTo(PatternType.LITERAL);
                });
    }

    @Test
    void aPrefixIsBeforeTopicsGroupsIdsAndUsers() {
        assertThat(Acls.declared("staging."))
                .hasSameSizeAs(Acls.declared(""))
                .filteredOn(right -> !right.entry().principal().equals("User:registry"))
                .allSatisfy(right -> {
                    assertThat(right.entry().principal()).startsWith("User:staging.");
                    assertThat(right.pattern().name()).startsWith("staging.");
                });
    }

    @Test
    void nothingIsToBeDoneTwice() {
        var plan = Acls.Plan.of("", Acls.declared(""));

        assertThat(plan.granted()).isEmpty();
        assertThat(plan.taken()).isEmpty();
    }

    @Test
    void grantsWhatIsMissing() {
        Set<AclBinding> there = new HashSet<>(Acls.declared(""));
        AclBinding lost = Acls.declared("").iterator().next();
        there.remove(lost);

        assertThat(Acls.Plan.of("", there).granted()).containsExactly(lost);
        assertThat(Acls.Plan.of("", Set.of()).granted()).isEqualTo(Acls.declared(""));
    }

    @ParameterizedTest
    @CsvSource({
        "TOPIC, LITERAL, order.events",
        "TOPIC, LITERAL, order.of-an-earlier-release",
        "TOPIC, LITERAL, customer.contacts",
        "TOPIC, LITERAL, kafkasql-journal",
        "TOPIC, LITERAL, *",
        "TOPIC, PREFIXED, order.ev",
        "TOPIC, PREFIXED, o",
        "GROUP, LITERAL, order-process",
        "GROUP, PREFIXED, analytics-",
        "TRANSACTIONAL_ID, PREFIXED, order-decider",
    })
    void takesAwayEveryOtherRightToWhatIsMortars(ResourceType type, PatternType pattern, String name) {
        AclBinding foreign = right("bob", type, pattern, name);

        assertThat(Acls.Plan.of("", Set.of(foreign)).taken()).containsExactly(foreign);
    }

    @Test
    void takesAwayWhatAServiceMayNotDo() {
        AclBinding cluster = right("order-service", ResourceType.CLUSTER, PatternType.LITERAL, "kafka-cluster");
        AclBinding events = right("order-service", ResourceType.TOPIC, PatternType.LITERAL, "pickup.commands");

        assertThat(Acls.Plan.of("", Set.of(cluster, events)).taken()).containsExactlyInAnyOrder(cluster, events);
    }

    @ParameterizedTest
    @CsvSource({
        "TOPIC, LITERAL, payroll",
        "TOPIC, LITERAL, orders",
        "TOPIC, PREFIXED, pay",
        "TOPIC, LITERAL, staging.order.events",
        "TOPIC, PREFIXED, staging.",
        "GROUP, LITERAL, payroll-order-process",
        "CLUSTER, LITERAL, kafka-cluster",
    })
    void leavesTheRightsOfOtherSystemsAndPrefixes(ResourceType type, PatternType pattern, String name) {
        assertThat(Acls.Plan.of("", Set.of(right("bob", type, pattern, name))).taken())
                .isEmpty();
    }

    @Test
    void prefixesDoNotDisturbEachOther() {
        Set<AclBinding> all = new HashSet<>(Acls.declared(""));
        all.addAll(Acls.declared("staging."));

        assertThat(Acls.Plan.of("", all).taken()).isEmpty();
        assertThat(Acls.Plan.of("staging.", all).taken()).isEmpty();
    }

    @Test
    void saysWhereNoBrokerAnswers() {
        assertThatThrownBy(() -> Users.set(Map.of("bootstrap.servers", "127.0.0.1:1"), Path.of("no-such-folder")))
                .isInstanceOf(StackFailure.class)
                .hasMessageContaining("no-such-folder");
    }

    @Test
    void theContractNamesTheReadersThatTheDefinitionsHave() throws IOException {
        for (String noun : Service.ALL) {
            List<String> definition =
                    Files.readAllLines(Path.of("..", noun + "-service", "src", "test", "resources", "definition.txt"));
            Set<String> read = new HashSet<>(listed(definition, "process reads:"));
            read.addAll(listed(definition, "tables:"));

            assertThat(Contract.topics().stream()
                            .filter(topic -> topic.readers().contains(noun + "-service"))
                            .map(Contract.Topic::name))
                    .as(noun)
                    .containsExactlyInAnyOrderElementsOf(read);
        }
    }

    /** The topics under a heading of a definition. */
    private static List<String> listed(List<String> definition, String heading) {
        return definition.stream()
                .skip(definition.indexOf(heading) + 1L)
                .takeWhile(line -> line.startsWith("  "))
                .map(String::strip)
                .toList();
    }

    private static AclBinding right(String user, ResourceType type, PatternType pattern, String name) {
        var entry = new AccessControlEntry("User:" + user, "*", AclOperation.READ, AclPermissionType.ALLOW);
        return new AclBinding(new ResourcePattern(type, name, pattern), entry);
    }

    private static Set<String> users(String topic, AclOperation operation) {
        return Acls.declared("").stream()
                .filter(right ->
                        right.pattern().name().equals(topic) && right.entry().operation() == operation)
                .map(right -> right.entry().principal())
                .collect(Collectors.toSet());
    }
}
