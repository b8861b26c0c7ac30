package dev.mortar.eventsourcing.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/**
 * The rules for the package of every service: the model knows no framework, only the definition knows the contract's
 * classes.
 */
public final class ServiceArchitecture {
    private ServiceArchitecture() {}

    /**
     * Checks a service's package.
     *
     * @param noun as in {@code Order}: names OrderDefinition and so on
     */
    public static void check(String packageName, String noun) {
        JavaClasses service = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(packageName);
        DescribedPredicate<JavaClass> model = DescribedPredicate.describe(
                "the model: commands, events, state, decider, process, values",
                type -> !(isOrIn(type, noun + "Definition")
                        || outermost(type).endsWith("Controller")
                        || outermost(type).endsWith("Request")
                        || outermost(type).endsWith("Response")
                        || outermost(type).endsWith("Application")
                        || type.isAnnotatedWith("org.springframework.stereotype.Component")
                        || outermostIsComponent(type)));
        noClasses()
                .that(model)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..",
                        "org.apache.kafka..",
                        "org.apache.avro..",
                        "tools.jackson..",
                        "com.fasterxml..",
                        "dev.mortar.schemas..",
                        "dev.mortar.eventsourcing.kafka..",
                        "dev.mortar.eventsourcing.http..")
                .check(service);
        noClasses()
                .that(DescribedPredicate.describe(
                        "all but " + noun + "Definition", type -> !isOrIn(type, noun + "Definition")))
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "generated from the contract",
                        type -> type.getPackageName().startsWith("dev.mortar.schemas.")
                                || type.getPackageName().equals("dev.mortar.schemas")))
                .check(service);
        noClasses()
                .that(DescribedPredicate.describe("controllers", ServiceArchitecture::isController))
                .should(new ArchCondition<>("depend on other controllers") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getDirectDependenciesFromSelf().stream()
                                .filter(each -> {
                                    JavaClass target = each.getTargetClass().getBaseComponentType();
                                    return isController(target)
                                            && !outermost(target).equals(outermost(type));
                                })
                                .forEach(each ->
                                        events.add(SimpleConditionEvent.satisfied(type, each.getDescription())));
                    }
                })
                .check(service);
        classes()
                .that()
                .haveSimpleNameEndingWith("Service")
                .or()
                .haveSimpleNameEndingWith("Impl")
                .or()
                .haveSimpleNameEndingWith("Dto")
                .or()
                .haveSimpleNameEndingWith("Mapper")
                .or()
                .haveSimpleNameEndingWith("Util")
                .should(new ArchCondition<>("not exist: a layer that only forwards") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        events.add(SimpleConditionEvent.violated(type, type.getName()));
                    }
                })
                .allowEmptyShould(true)
                .check(service);
    }

    private static boolean isController(JavaClass type) {
        return type.getPackageName().startsWith("dev.mortar.")
                && outermost(type).endsWith("Controller");
    }

    private static boolean isOrIn(JavaClass type, String simpleName) {
        return outermost(type).equals(simpleName);
    }

    private static String outermost(JavaClass type) {
        String name = type.getName().substring(type.getPackageName().length() + 1);
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    private static boolean outermostIsComponent(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer.isMetaAnnotatedWith("org.springframework.stereotype.Component");
    }
}
