package dev.mortar.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "85123a",
                "TEAPOT blue",
                "a  b",
                "чай 250 г",
                "ğ&ş",
                "caf\u00e9",
                "🍋",
                "\u0e01\u0e33",
                "हिन्दी"
            })
    void anIdIsTakenAsItIsWritten(String id) {
        assertThat(IdText.fault(id)).isNull();
        assertThat(id).matches(IdText.PATTERN);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0xA0, 0x202F, 0x2007, 0x200B, 0xFEFF, 0x200F, 0xAD, 0x85, 0x09, 0x0A, 0x1F, 0x7F, 0x1680, 0x180E,
                0x2028, 0x2029, 0x2060, 0x3000, 0x061C, 0xE0001, 0x1D173, 0xFE0F, 0x3164, 0xE0100, 0xD83D, 0xDE00,
                0xFFFD
            })
    void anInvisibleCharacterIsNamedWhereverItIs(int codePoint) {
        String character = Character.toString(codePoint);
        for (String id : List.of("SKU" + character + "123", "🍋xy" + character, "SKU" + character)) {
            assertThat(IdText.fault(id)).contains("U+%04X at character 4;".formatted(codePoint));
        }
        assertThat(IdText.fault(character)).contains("at character 1;");
    }

    @Test
    void allOfUnicodesWhiteSpaceControlAndFormatCharactersAreRefused() {
        assertThat(IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                        .filter(c -> c != ' ')
                        .filter(c -> Character.isWhitespace(c)
                                || Character.isSpaceChar(c)
                                || switch (Character.getType(c)) {
                                    case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> true;
                                    default -> false;
                                })
                        .filter(c -> IdText.fault("a" + Character.toString(c) + "b") == null))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cafe\u0301", "caf\u212b", "\u1100\u1161", "\ud834\udd5e"})
    void anIdIsInNormalizationFormC(String id) {
        assertThat(IdText.fault(id)).contains("U+").contains("NFC");
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            delimiter = ';',
            value = {"'';not 0", " a;U+0020", "a ;U+0020", "' ';U+0020", "ab|c;U+007C at character 3"})
    void anIdHasBoundsAndNoBar(String id, String said) {
        assertThat(IdText.fault(id)).contains(said);
    }

    @Test
    void lengthCountsCodePoints() {
        assertThat(IdText.fault("🍋".repeat(100))).isNull();
        assertThat(IdText.fault("🍋".repeat(101))).contains("not 101");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c1",
                "00123",
                "17850",
                "4790012345",
                "0000012345",
                "550e8400-e29b-41d4-a716-446655440000",
                "2024-00123",
                "1000-2345",
                "customer-12-345-6789",
                "+123",
                "12 34 5",
                "a+b"
            })
    void anOpaqueIdSaysNothingOfAPerson(String id) {
        assertThat(IdText.personal(id)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anna@example.com",
                "@",
                "anna\uff20example.com",
                "+4790012345",
                "+47 900 12 345",
                "+1 (555) 123-4567",
                "(020) 7946 0958",
                "020 79460958",
                "020-7946-0958",
                "555-123-4567",
                "555.123.4567",
                "90 01 23 45",
                "0047 900/12345",
                "tel:90012345",
                "TEL:+4790012345",
                "\uff0b\uff14\uff17\uff19\uff10\uff10\uff11\uff12\uff13\uff14\uff15",
                "555\u2013123\u20134567"
            })
    void aMailAddressOrPhoneNumberIsNoOpaqueId(String id) {
        assertThat(IdText.personal(id)).contains("opaque").doesNotContain(id.length() > 1 ? id : "\0");
    }
}
