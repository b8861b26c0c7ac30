package dev.mortar.values;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules for ids. Ids are compared character by character, so two ids that look the same must be the same. Therefore
 * an id has no invisible characters and is in Unicode normalization form C (NFC).
 */
public final class IdText {
    /** Longest id, in code points. */
    public static final int CHARACTERS_MAX = 100;

    /** The rule of {@link #fault}, for people. */
    public static final String RULE = "An id has 1 to " + CHARACTERS_MAX + " characters in Unicode normalization form C"
            + " (NFC). It has no |, no white space but U+0020, and no control, format or other invisible characters."
            + " U+0020 is not its first or last character.";

    /** The rule of {@link #fault}, as far as a regular expression with Unicode classes can express it. */
    public static final String PATTERN = "^[^|\\p{Z}\\p{Cc}\\p{Cf}\\p{Cs}]+( +[^|\\p{Z}\\p{Cc}\\p{Cf}\\p{Cs}]+)*$";

    /** The rule of {@link #personal}, for people. */
    public static final String OPAQUE_RULE = "The id of a person stays in events for ever, so it is opaque: no mail"
            + " address (it has no @) and no phone number. A phone number has 7 to 15 digits and begins with +, has"
            + " parentheses, begins with 0 and has separators, or has three or more groups of digits, such as"
            + " +47 900 12 345, (020) 7946 0958, 020-79460958 and 555-123-4567. Digits without separators are a"
            + " customer number.";

    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Z}\\p{Cc}\\p{Cf}\\p{Cs}&&[^ ]]"
            // Invisible letters, marks and symbols.
            + "|[\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u2800\\u3164\\uFE00-\\uFE0F\\uFFA0]"
            + "|[\\x{E0000}-\\x{E0FFF}]"
            // The replacement character stands for bytes that were not UTF-8.
            + "|\\uFFFD");

    private static final String SEPARATOR = " ()./\\p{Pd}";
    private static final Pattern PHONE = Pattern.compile(
            "tel:.*"
                    + "|(?=(?:\\P{Nd}*\\p{Nd}){7,15}\\P{Nd}*$)"
                    + ("(?:\\+[\\p{Nd}S]+|[\\p{Nd}S]*\\([\\p{Nd}S]*|0\\p{Nd}*[S][\\p{Nd}S]*|\\p{Nd}+(?:[S]+\\p{Nd}+){2,})")
                            .replace("S", SEPARATOR),
            Pattern.CASE_INSENSITIVE);

    private IdText() {}

    /** The fault in an id, or null. */
    public static @Nullable String fault(String id) {
        int characters = id.codePointCount(0, id.length());
        if (characters == 0 || characters > CHARACTERS_MAX) {
            return "must have 1 to " + CHARACTERS_MAX + " characters, not " + characters;
        }
        if (id.startsWith(" ") || id.endsWith(" ")) {
            return "must not begin or end with white space (U+0020)";
        }
        return id.indexOf('|') < 0 ? ambiguity(id) : at(id, id.indexOf('|')) + "; ids have no |";
    }

    /** Why a text can look like a different text, or null if it cannot. */
    public static @Nullable String ambiguity(String text) {
        Matcher invisible = INVISIBLE.matcher(text);
        if (invisible.find()) {
            return at(text, invisible.start())
                    + "; ids have no white space but U+0020, and no control, format or other invisible characters";
        }
        String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
        if (!composed.equals(text)) {
            int different = Arrays.mismatch(text.toCharArray(), composed.toCharArray());
            return at(text, different) + ", which is not in Unicode normalization form C (NFC)";
        }
        return null;
    }

    /** Why an id identifies a person outside Mortar, or null if it is opaque. */
    public static @Nullable String personal(String id) {
        String plain = Normalizer.normalize(id, Normalizer.Form.NFKC);
        if (plain.indexOf('@') >= 0) {
            return "looks like a mail address; the id stays in events for ever, so it must be opaque";
        }
        return PHONE.matcher(plain).matches()
                ? "looks like a phone number; the id stays in events for ever, so it must be opaque"
                : null;
    }

    private static String at(String text, int index) {
        return "has U+%04X at character %d".formatted(text.codePointAt(index), text.codePointCount(0, index) + 1);
    }
}
