package dev.mortar.localstack;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import dev.mortar.kafka.KafkaAccess;
import dev.mortar.schemas.registry.Contract;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The rights of every user at the brokers, made from the contract, and the release step that brings the brokers to
 * them. It grants what is missing and takes away every other right to a topic, group or transactional id of Mortar.
 *
 * <p>A service writes its own topics alone, so each topic has one writer. It reads those topics of others that the
 * contract says ({@code @listeners}, {@code @readers}).
 */
public final class Acls {
    /** The user of the audit. It reads what the services publish, and has no group. */
    static final String AUDITOR = "auditor";

    /** The user of analytics teams. It reads what the services publish, but nothing of customers. */
    static final String ANALYTICS = "analytics";

    /** The user of the schema registry, if it keeps its schemas in topics. It has no prefix, as its topics. */
    static final String REGISTRY = "registry";

    /** The topics of Apicurio Registry, which have no prefix, and the beginning of the names of its groups. */
    private static final List<String> REGISTRY_TOPICS =
            List.of("kafkasql-journal", "kafkasql-snapshots", "registry-events");

    private static final String REGISTRY_GROUPS = "apicurio-";

    private static final String PERSONAL = "customer.";
    private static final List<String> OWN_TOPICS = List.of(".commands", ".events", ".replies", ".dead-letters");

    private static final Comparator<AclBinding> ORDER = comparing(
                    (AclBinding right) -> right.entry().principal())
            .thenComparing(right -> right.pattern().resourceType())
            .thenComparing(right -> right.pattern().name())
            .thenComparing(right -> right.pattern().patternType())
            .thenComparing(right -> right.entry().operation())
            .thenComparing(right -> right.entry().permissionType())
            .thenComparing(right -> right.entry().host());

    private Acls() {}

    /**
     * Brings the brokers to the declared rights, or only prints what it would do if the argument is {@code --plan}.
     * {@link KafkaAccess} tells the variables of the connection; {@code MORTAR_TOPIC_PREFIX} is that of the environment
     * (none). Ends with status 1 and a sentence on standard error when something is wrong.
     */
    public static void main(String[] arguments) {
        Topics.step(environment -> {
            Map<String, Object> client = KafkaAccess.ofEnvironment(environment);
            String prefix = environment.getOrDefault("MORTAR_TOPIC_PREFIX", "");
            bring(client, prefix, List.of(arguments).contains("--plan"), System.out);
        });
    }

    /** All users but those that may do everything. */
    static List<String> users(String prefix) {
        Stream<String> prefixed = Stream.concat(Service.ALL.stream().map(Acls::user), Stream.of(AUDITOR, ANALYTICS))
                .map(user -> prefix + user);
        return Stream.concat(prefixed, Stream.of(REGISTRY)).toList();
    }

    /** The user of a service. */
    static String user(String noun) {
        return noun + "-service";
    }

    /**
     * Every right there is.
     *
     * @param prefix of topics, groups, transactional ids and users of the environment
     */
    static Set<AclBinding> declared(String prefix) {
        var rights = new Rights(prefix, new TreeSet<>(ORDER));
        for (String noun : Service.ALL) {
            String user = user(noun);
            OWN_TOPICS.forEach(topic -> rights.topic(user, noun + topic, AclOperation.READ, AclOperation.WRITE));
            rights.topic(user, noun + ".lanes", AclOperation.READ);
            rights.prefixed(user, ResourceType.GROUP, noun + "-", AclOperation.READ);
            rights.prefixed(user, ResourceType.TRANSACTIONAL_ID, noun + "-", AclOperation.WRITE);
        }
        for (Contract.Topic topic : Contract.topics()) {
            topic.readers().forEach(reader -> rights.topic(reader, topic.name(), AclOperation.READ));
            rights.topic(topic.owner(), topic.name(), AclOperation.WRITE);
            rights.topic(AUDITOR, topic.name(), AclOperation.READ);
            if (!topic.name().startsWith(PERSONAL)) {
                rights.topic(ANALYTICS, topic.name(), AclOperation.READ);
            }
        }
        rights.prefixed(ANALYTICS, ResourceType.GROUP, ANALYTICS + "-", AclOperation.READ);
        // The registry creates its topics itself and checks their settings whenever it starts.
        for (String topic : REGISTRY_TOPICS) {
            var pattern = new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL);
            rights.add(REGISTRY, pattern, AclOperation.READ, AclOperation.WRITE);
            rights.add(REGISTRY, pattern, AclOperation.CREATE, AclOperation.DESCRIBE_CONFIGS);
        }
        rights.add(
                REGISTRY,
                new ResourcePattern(ResourceType.GROUP, REGISTRY_GROUPS, PatternType.PREFIXED),
                AclOperation.READ);
        return rights.all;
    }

    private record Rights(String prefix, Set<AclBinding> all) {
        void topic(String user, String name, AclOperation... operations) {
            add(prefix + user, new ResourcePattern(ResourceType.TOPIC, prefix + name, PatternType.LITERAL), operations);
        }

        void prefixed(String user, ResourceType type, String name, AclOperation... operations) {
            add(prefix + user, new ResourcePattern(type, prefix + name, PatternType.PREFIXED), operations);
        }

        void add(String user, ResourcePattern pattern, AclOperation... operations) {
            for (AclOperation operation : operations) {
                all.add(new AclBinding(
                        pattern, new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW)));
            }
        }
    }

    /** What has to be done at the brokers, each in order. */
    record Plan(Set<AclBinding> granted, Set<AclBinding> taken) {
        /** The difference between the declared rights and those that are there. */
        static Plan of(String prefix, Collection<AclBinding> there) {
            Set<AclBinding> declared = declared(prefix);
            Set<AclBinding> granted = new TreeSet<>(ORDER);
            granted.addAll(declared);
            granted.removeAll(Set.copyOf(there));
            Set<AclBinding> taken = new TreeSet<>(ORDER);
            there.stream()
                    .filter(right -> !declared.contains(right) && isOurs(prefix, right))
                    .forEach(taken::add);
            return new Plan(granted, taken);
        }

        void print(PrintStream out) {
            granted.forEach(right -> out.println("+ " + sentence(right)));
            taken.forEach(right -> out.println("- " + sentence(right)));
        }

        private static String sentence(AclBinding right) {
            AccessControlEntry entry = right.entry();
            ResourcePattern pattern = right.pattern();
            return "%s %s %s %s %s%s from %s"
                    .formatted(
                            entry.principal(),
                            entry.permissionType().name().toLowerCase(Locale.ROOT),
                            entry.operation().name().toLowerCase(Locale.ROOT),
                            pattern.resourceType()
                                    .name()
                                    .toLowerCase(Locale.ROOT)
                                    .replace('_', ' '),
                            pattern.name(),
                            pattern.patternType() == PatternType.PREFIXED ? "…" : "",
                            entry.host().equals("*") ? "anywhere" : entry.host());
        }
    }

    /**
     * Whether a right is to something of this environment. Other systems and environments on the same brokers keep
     * theirs, except rights to everything, which would be rights to Mortar's topics too.
     */
    private static boolean isOurs(String prefix, AclBinding right) {
        String name = right.pattern().name();
        boolean isPrefixed = right.pattern().patternType() == PatternType.PREFIXED;
        return switch (right.pattern().resourceType()) {
            case TOPIC, GROUP, TRANSACTIONAL_ID ->
                name.equals(ResourcePattern.WILDCARD_RESOURCE)
                        || beginnings(prefix)
                                .anyMatch(ours -> name.startsWith(ours) || (isPrefixed && ours.startsWith(name)));
            case CLUSTER ->
                users(prefix).stream()
                        .anyMatch(user -> right.entry().principal().equals("User:" + user));
            case UNKNOWN, ANY, DELEGATION_TOKEN, USER -> false;
        };
    }

    /** The beginnings of the names of all that is Mortar's. */
    private static Stream<String> beginnings(String prefix) {
        Stream<String> ours = Service.ALL.stream().flatMap(noun -> Stream.of(noun + ".", noun + "-"));
        return Stream.concat(
                Stream.concat(ours, Stream.of(PERSONAL, ANALYTICS + "-")).map(name -> prefix + name),
                Stream.concat(REGISTRY_TOPICS.stream(), Stream.of(REGISTRY_GROUPS)));
    }

    /**
     * Prints the plan, and applies it unless only the plan is wanted. It grants before it takes, so that a service that
     * runs never lacks a right it had and keeps.
     *
     * @param client settings of a client that may do so
     * @throws StackFailure when no broker answers, or the brokers check no rights
     */
    static Plan bring(Map<String, Object> client, String prefix, boolean onlyPlan, PrintStream out) {
        Object brokers = client.get("bootstrap.servers");
        try (Admin admin = Topics.admin(client)) {
            Plan plan = Plan.of(
                    prefix, admin.describeAcls(AclBindingFilter.ANY).values().get());
            plan.print(out);
            if (!onlyPlan) {
                admin.createAcls(plan.granted()).all().get();
                List<AclBindingFilter> taken = new ArrayList<>();
                plan.taken().forEach(right -> taken.add(right.toFilter()));
                admin.deleteAcls(taken).all().get();
            }
            out.printf(
                    "%d rights %sgranted and %d taken at %s%n",
                    plan.granted().size(),
                    onlyPlan ? "would be " : "",
                    plan.taken().size(),
                    brokers);
            return plan;
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            String why = cause instanceof SecurityDisabledException
                    ? "they have no authorizer (authorizer.class.name)"
                    : cause.getMessage();
            throw new StackFailure("Rights could not be set at " + brokers + ": " + why, e);
        } catch (InterruptedException e) {
            throw StackFailure.interrupted("rights at " + brokers, e);
        }
    }

    /** Every topic that has a row in the table, without prefix. */
    static List<String> topics() {
        return Stream.concat(Topics.all().keySet().stream(), REGISTRY_TOPICS.stream())
                .toList();
    }

    /** The page {@code docs/kafka-rights.md}. */
    static String page() {
        Set<AclBinding> declared = declared("");
        var table = new StringBuilder();
        row(table, "Topic", users("").stream());
        row(table, "---", users("").stream().map(_ -> "---"));
        for (String topic : topics()) {
            row(table, "`" + topic + "`", users("").stream().map(user -> letters(declared, user, topic)));
        }
        var others = new StringBuilder();
        declared.stream()
                .filter(right -> right.pattern().resourceType() != ResourceType.TOPIC)
                .forEach(right -> row(
                        others,
                        right.entry().principal().replace("User:", ""),
                        Stream.of(
                                right.pattern().resourceType() == ResourceType.GROUP ? "groups" : "transactional ids",
                                "`" + right.pattern().name() + "…`")));
        return PAGE.formatted(table, others);
    }

    private static void row(StringBuilder table, String first, Stream<String> cells) {
        table.append("| ")
                .append(first)
                .append(cells.collect(joining(" | ", " | ", " |")))
                .append('\n');
    }

    private static String letters(Set<AclBinding> declared, String user, String topic) {
        return Stream.of(AclOperation.READ, AclOperation.WRITE)
                .filter(operation -> declared.stream()
                        .anyMatch(right -> right.entry().principal().equals("User:" + user)
                                && right.entry().operation() == operation
                                && right.pattern().resourceType() == ResourceType.TOPIC
                                && right.pattern().name().equals(topic)))
                .map(operation -> operation == AclOperation.READ ? "R" : "W")
                .collect(joining());
    }

    private static final String PAGE = """
            # Rights at the brokers

            A secured broker (`./mortar up --secure`, or an authorizer in production) lets each user do what this page says and nothing
            else. The tables are made from [`Acls`](../local-stack/src/main/java/dev/mortar/localstack/Acls.java); change the rights there or
            in the schemas, and write the page again by
            `mvn -q -pl local-stack -am test -Dtest=AclsTest -Dsurefire.failIfNoSpecifiedTests=false -Dmortar.approve=true`.

            Every service has a user of its own, and only that user writes the topics of the service. So the broker makes sure that each
            topic has one writer. R means read, W means write; an empty cell means neither. Nobody may create or delete topics, but for the
            registry's own. The users `broker` and `release` may do everything: `broker` is the broker itself, `release` runs the release
            steps.

            %s
            ## Groups and transactional ids

            | User | May use | With names that begin with |
            |---|---|---|
            %s
            A topic prefix (`MORTAR_TOPIC_PREFIX`) stands before the names of topics, groups, transactional ids and users. The registry,
            its topics and its groups have no prefix.

            ## Release steps

            Run them in this order, as the user `release`: topics, users, rights, schemas, services. `KAFKA_USER`, `KAFKA_PASSWORD_FILE` and
            `MORTAR_KAFKA_SECURITY_PROTOCOL` and its like tell all of them, and the services, how to reach the brokers.

            | Step | Does |
            |---|---|
            | `dev.mortar.localstack.Topics` | creates the topics |
            | `dev.mortar.localstack.Users` | gives each user the password in the file of its name in `KAFKA_USERS_DIR` |
            | `dev.mortar.localstack.Acls` | prints the difference to the declared rights, grants what is missing and takes away the rest; `--plan` only prints |

            Acls takes away every right to a topic, group or transactional id of Mortar that is not declared, of any user. It also takes away
            rights to everything (`*`). It leaves alone what other systems and other prefixes have on the same brokers.

            ## Registry

            The registry of `./mortar up --secure` asks for a token of the issuer. Its role `sr-readonly` reads schemas: services and the
            audit have such a token. `sr-developer` also registers them: only the release step has it. `SCHEMA_REGISTRY_TOKEN_FILE` names
            the file of a token. The overlay `ops/secure.yml` secures the broker alone; there, and in production, give the registry your
            identity provider (`QUARKUS_OIDC_AUTH_SERVER_URL`).

            ## Give a user a right

            1. A service that acts on an event: add its noun to `@listeners` of the event. A service that keeps a copy of a state: add it to
               `@readers` of the record. Both are in `schemas/src/main/avro/`. They are no part of a released schema.
            2. Another reader: add a line to `Acls.declared`, and its name to `Acls.users`.
            3. Write this page again, and read the difference.
            4. Put the password of a new user in a file, and run the steps above. Running services go on.

            ## Change a password

            1. Write the new password to the user's file, in `KAFKA_USERS_DIR` and where the service reads it
               (`KAFKA_PASSWORD_FILE`). On the local stack both are the same file.
            2. Run `Users`. Connections that are open stay open.
            3. Restart the instances of the service one by one, at once. An instance that loses its connection before its restart cannot
               connect again with the old password.

            ## When a right is missing

            A service that cannot log in, or lacks every right to one of its topics, is not ready, and its readiness repeats the broker's
            refusal. Run `Acls` again: it prints what was missing. `kafka-acls.sh --list` shows who has which right.

            ## First users, and certificates

            The users `broker` and `release` get their first password when the storage is formatted (`--add-scram`), because nobody could
            set it otherwise. `dev.mortar.localstack.Credentials FOLDER BROKERS HOST...` makes passwords for all users, a certificate for the
            broker and files for clients in a folder; `ops/secure.yml` shows how the containers use them.

            The certificate is valid for 90 days. The local stack, and `Credentials`, make a new one with a new authority if the old one ends
            within 30 days. Then restart all services, because they trust the old authority.
            """;
}
