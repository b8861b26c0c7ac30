package dev.mortar.eventsourcing.http;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the text of a header. */
public final class HeaderText {
    private HeaderText() {}

    /**
     * The value of a header, or null. The server reads headers as ISO 8859-1, but callers write UTF-8. A value that is
     * not UTF-8 stays as it was read.
     */
    public static @Nullable String of(HttpServletRequest request, String header) {
        String read = request.getHeader(header);
        if (read == null || read.chars().anyMatch(character -> character > 0xFF)) {
            return read;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(read.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return read;
        }
    }
}
