package dev.mortar.localstack;

import dev.mortar.localstack.Arguments.WrongUsage;
import dev.mortar.localstack.Tokens.Holder;
import dev.mortar.values.IdText;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** {@code ./mortar token}: prints one token. Ends with status 0, 1 if there is no key, 2 if the arguments are wrong. */
public final class TokenCli {
    private static final String USAGE = """
            ./mortar token ROLE ID [STORE…] [--minutes N] [--act-for] [--key FILE]
                prints a token for the services of the local stack, and nothing else
            ROLE is SHOPPER, ASSOCIATE, LEAD, TILL, COURIER, BACK_OFFICE, OPERATOR or SERVICE.
            ID is opaque: no name, address or phone number.
            STORE is a location where an ASSOCIATE, LEAD or TILL works; these need at least one, the others have none.
            --minutes N: how long it is good, 480 unless given, 1440 at most.
            --act-for: the SERVICE may speak for shoppers and tills, in the header Mortar-On-Behalf-Of.
            --key FILE: the key of another issuer, such as that of the containers.""";

    private static final Set<String> WORK_IN_STORES = Set.of("ASSOCIATE", "LEAD", "TILL");
    private static final int MINUTES_MAX = 24 * 60;

    private TokenCli() {}

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        return Arguments.run(arguments, USAGE, 1, out, err, typed -> {
            out.println(token(typed));
            return true;
        });
    }

    private static String token(List<String> typed) {
        var arguments = new Arguments(typed, Set.of("--minutes", "--key"), "--act-for");
        List<String> words = arguments.words().stream()
                .filter(word -> !word.startsWith("--"))
                .toList();
        if (words.size() < 2) {
            throw new WrongUsage("name a role and an id");
        }
        boolean actsFor = arguments.words().contains("--act-for");
        var holder = new Holder(words.getFirst(), words.get(1), words.subList(2, words.size()), actsFor);
        check(holder);
        double minutes = arguments.number("--minutes", Tokens.LIFE.toMinutes(), 1, MINUTES_MAX);
        String key = arguments.text("--key", "");
        Tokens tokens = key.isEmpty() ? Tokens.known() : Tokens.known(Path.of(key));
        return tokens.sign(holder, Duration.ofSeconds((long) (minutes * 60)));
    }

    private static void check(Holder holder) {
        String role = holder.role();
        if (!Tokens.ROLES.contains(role)) {
            throw new WrongUsage("there is no role " + role + ", only " + String.join(", ", Tokens.ROLES));
        }
        boolean worksInStores = WORK_IN_STORES.contains(role);
        if (worksInStores && holder.stores().isEmpty()) {
            throw new WrongUsage("a token of the role " + role + " needs a store");
        }
        if (!worksInStores && !holder.stores().isEmpty()) {
            throw new WrongUsage("a token of the role " + role + " has no store");
        }
        if (holder.actsFor() && !role.equals("SERVICE")) {
            throw new WrongUsage("--act-for is for the role SERVICE");
        }
        String fault = IdText.fault(holder.id());
        if (fault == null) {
            fault = IdText.personal(holder.id());
        }
        if (fault != null) {
            throw new WrongUsage("the id " + holder.id() + " " + fault);
        }
    }
}
