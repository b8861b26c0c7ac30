package dev.mortar.localstack;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The values of a shopper, and the search for them in bytes. A value is found as it is, in UTF-8. It is not found in
 * another encoding, such as Base64.
 */
final class PersonalValues {
    private static final int CHARACTERS_MIN = 4;
    private static final int CHUNK_BYTES = 1 << 20;
    private static final Set<PosixFilePermission> OWNER =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private final List<Value> values;
    private final int longestBytes;

    /** How many bytes were looked at, and how often a value was in them. */
    record Found(long bytes, long hits) {
        static final Found NOTHING = new Found(0, 0);

        Found plus(Found other) {
            return new Found(bytes + other.bytes, hits + other.hits);
        }
    }

    /**
     * A value.
     *
     * @param skips how far the search may go on after a byte, by the byte at the place of the value's last one
     *     (Horspool's algorithm)
     */
    private record Value(byte[] bytes, int[] skips) {
        static Value of(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] skips = new int[256];
            Arrays.fill(skips, bytes.length);
            for (int i = 0; i < bytes.length - 1; i++) {
                skips[bytes[i] & 0xFF] = bytes.length - 1 - i;
            }
            return new Value(bytes, skips);
        }

        /** How often it is in the first bytes of the text and ends at this index or a later one. */
        long hits(byte[] text, int length, int from) {
            int last = bytes.length - 1;
            long hits = 0;
            for (int at = 0; at + last < length; at += skips[text[at + last] & 0xFF]) {
                if (at + last >= from && Arrays.equals(text, at, at + bytes.length, bytes, 0, bytes.length)) {
                    hits++;
                }
            }
            return hits;
        }
    }

    private PersonalValues(List<String> texts) {
        values = texts.stream().map(Value::of).toList();
        longestBytes =
                values.stream().mapToInt(value -> value.bytes().length).max().orElseThrow();
    }

    /**
     * The values in a file, one a line.
     *
     * @throws StackFailure if others may read the file, it has no value, or a value is so short that it is found by
     *     chance
     */
    static PersonalValues ofFile(Path file) throws IOException {
        if (!OWNER.containsAll(Files.getPosixFilePermissions(file))) {
            throw new StackFailure(
                    "Others may use " + file + ", which has personal data. First run: chmod 600 " + file);
        }
        List<String> lines =
                Files.readAllLines(file).stream().map(String::strip).toList();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String text = lines.get(i);
            if (!text.isEmpty() && text.codePointCount(0, text.length()) < CHARACTERS_MIN) {
                throw new StackFailure("Line " + (i + 1) + " of " + file + " has fewer than " + CHARACTERS_MIN
                        + " characters. So short a value is found by chance.");
            }
            if (!text.isEmpty() && !texts.contains(text)) {
                texts.add(text);
            }
        }
        if (texts.isEmpty()) {
            throw new StackFailure("There is no value in " + file);
        }
        return new PersonalValues(texts);
    }

    int size() {
        return values.size();
    }

    /** Looks for the values in all that is left of a stream. */
    Found in(InputStream stream) throws IOException {
        // A value may begin in one chunk and end in the next one.
        byte[] chunk = new byte[CHUNK_BYTES + longestBytes];
        int kept = 0;
        Found found = Found.NOTHING;
        while (true) {
            int more = stream.readNBytes(chunk, kept, chunk.length - kept);
            if (more == 0) {
                return found;
            }
            int length = kept + more;
            int seen = kept;
            long hits = values.stream()
                    .mapToLong(value -> value.hits(chunk, length, seen))
                    .sum();
            found = found.plus(new Found(more, hits));
            kept = Math.min(length, longestBytes - 1);
            System.arraycopy(chunk, length - kept, chunk, 0, kept);
        }
    }

    Found in(byte[] bytes) {
        long hits = values.stream()
                .mapToLong(value -> value.hits(bytes, bytes.length, 0))
                .sum();
        return new Found(bytes.length, hits);
    }
}
