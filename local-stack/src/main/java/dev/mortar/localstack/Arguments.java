package dev.mortar.localstack;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A command line: words, and options with a value each. */
public final class Arguments {
    private final List<String> words = new ArrayList<>();
    private final Map<String, List<String>> values = new HashMap<>();

    /** The command does not understand an argument; the message names it. */
    public static final class WrongUsage extends RuntimeException {
        public WrongUsage(String message) {
            super(message);
        }
    }

    /** A command of {@code ./mortar}. */
    public interface Command {
        /** Runs the command; false when it did not end well. */
        boolean run(List<String> typed) throws Exception;
    }

    /** Reads options that take a value, and flags that take none and count as words. */
    public Arguments(List<String> typed, Set<String> options, String... flags) {
        for (int i = 0; i < typed.size(); i++) {
            String word = typed.get(i);
            if (!word.startsWith("--") || List.of(flags).contains(word)) {
                words.add(word);
            } else if (!options.contains(word)) {
                throw new WrongUsage("there is no option " + word);
            } else if (++i == typed.size()) {
                throw new WrongUsage("option " + word + " needs a value");
            } else {
                values.computeIfAbsent(word, _ -> new ArrayList<>()).add(typed.get(i));
            }
        }
    }

    /**
     * Runs a command, or prints its usage if that is asked for. The exit status is 0 when it ended well, 1 when not, 2
     * on wrong usage, and the broken one when the command fails.
     */
    public static int run(
            List<String> typed, String usage, int broken, PrintStream out, PrintStream err, Command command) {
        if (typed.contains("--help") || typed.contains("-h")) {
            out.println(usage.stripTrailing());
            return 0;
        }
        try {
            return command.run(typed) ? 0 : 1;
        } catch (WrongUsage e) {
            err.println("mortar: " + e.getMessage() + "\n" + usage.stripTrailing());
            return 2;
        } catch (StackFailure | IOException e) {
            out.flush();
            err.println("mortar: " + (e instanceof StackFailure ? e.getMessage() : e));
        } catch (Exception e) {
            e.printStackTrace(err);
        }
        return broken;
    }

    /** The same on the console; ends this virtual machine with the exit status. */
    public static void main(String[] typed, String usage, int broken, Command command) {
        int status = run(List.of(typed), usage, broken, System.out, System.err, command);
        System.out.flush();
        System.exit(status);
    }

    /** @throws WrongUsage when there is a word */
    public Arguments withoutWords() {
        if (!words.isEmpty()) {
            throw new WrongUsage("there is no option " + words.getFirst());
        }
        return this;
    }

    public List<String> words() {
        return words;
    }

    public List<String> all(String option) {
        return values.getOrDefault(option, List.of());
    }

    /** The last value of an option. */
    public String text(String option, String unlessGiven) {
        return values.getOrDefault(option, List.of(unlessGiven)).getLast();
    }

    public double number(String option, double unlessGiven, double least, double most) {
        String text = text(option, "");
        return text.isEmpty() ? unlessGiven : number(option, text, least, most);
    }

    public static double number(String option, String text, double least, double most) {
        try {
            double number = Double.parseDouble(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new WrongUsage(option + " takes a number, not " + text);
        }
        throw new WrongUsage(option + " " + text + " is out of range");
    }

    /** The values of {@code --url}, each NAME=URL, by name; without slash at the end. */
    public Map<String, String> urls(Collection<String> names) {
        Map<String, String> urls = new HashMap<>();
        for (String value : all("--url")) {
            String[] nameAndUrl = value.split("=", 2);
            if (nameAndUrl.length < 2 || !names.contains(nameAndUrl[0])) {
                throw new WrongUsage("--url " + value + " is not NAME=URL");
            }
            urls.put(nameAndUrl[0], nameAndUrl[1].replaceFirst("/+$", ""));
        }
        return urls;
    }
}
