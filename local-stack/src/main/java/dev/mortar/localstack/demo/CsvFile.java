package dev.mortar.localstack.demo;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** CSV with a header, as dirty as real files are. */
final class CsvFile {
    /** Digits are those of ASCII: other ones are more likely damage than a number. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?");
    /** The character that decoding puts in place of bytes that are not UTF-8. */
    private static final char NOT_DECODED = '\uFFFD';

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private CsvFile() {}

    /** A row with the number of its line, counted from 1, the header included. */
    record Row(int line, CSVRecord columns) {

        /** A column, empty when the row does not have it. */
        String text(String column) {
            return columns.isSet(column) ? columns.get(column).trim() : "";
        }

        /** A column that holds a number, or {@link NumberFormatException}. */
        BigDecimal number(String column) {
            String text = text(column);
            if (!NUMBER.matcher(text).matches()) {
                throw new NumberFormatException(text);
            }
            return new BigDecimal(text);
        }

        /** Whether it has as many columns as the header, all in UTF-8. */
        boolean isReadable() {
            return columns.isConsistent() && columns.stream().noneMatch(value -> value.indexOf(NOT_DECODED) >= 0);
        }
    }

    /** Opens a file, plain or gzip. */
    static Reader open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return new InputStreamReader(gzip ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8);
    }

    /**
     * Reads all rows; empty lines are none, and count in the numbers of lines.
     *
     * @throws IOException when the file cannot be read, lacks a column, or ends within quotes
     */
    static void read(Reader file, List<String> columns, Consumer<Row> to) throws IOException {
        Reader reader = new BufferedReader(file);
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
            reader.reset();
        }
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setTrailingData(true)
                .setIgnoreEmptyLines(false)
                .get();
        try (CSVParser parser = format.parse(reader)) {
            if (!parser.getHeaderNames().containsAll(columns)) {
                throw new IOException("The columns " + columns + " are needed, there are " + parser.getHeaderNames());
            }
            long line = parser.getCurrentLineNumber();
            for (CSVRecord found : parser) {
                if (found.size() > 1 || !found.get(0).isEmpty()) {
                    to.accept(new Row((int) line + 1, found));
                }
                line = parser.getCurrentLineNumber();
            }
        } catch (UncheckedIOException e) {
            throw new IOException("The file with the columns " + columns + " cannot be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "The columns " + columns + " are needed, the first line is no header: " + e.getMessage(), e);
        }
    }
}
