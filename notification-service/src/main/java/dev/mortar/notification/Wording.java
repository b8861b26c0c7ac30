package dev.mortar.notification;

import com.ibm.icu.number.NumberFormatter;
import com.ibm.icu.number.Precision;
import com.ibm.icu.text.DateFormat;
import com.ibm.icu.text.MessageFormat;
import com.ibm.icu.util.Currency;
import com.ibm.icu.util.IllformedLocaleException;
import com.ibm.icu.util.MeasureUnit;
import com.ibm.icu.util.TimeZone;
import com.ibm.icu.util.ULocale;
import dev.mortar.values.Money;
import dev.mortar.values.Unit;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * The texts and formats of one language. For a language without texts the mail is in English, with the formats of the
 * shopper's region.
 */
final class Wording {

    /** Languages with texts; the first is the fallback. */
    static final List<String> LANGUAGES = List.of("en", "hi", "ru", "is", "tr");

    private static final int UNKNOWN_CURRENCY_DIGITS = 2;
    private static final int SMALL_UNITS_PER_LARGE = 1_000;

    private final ULocale locale;
    private final ResourceBundle patterns;

    private Wording(ULocale locale, ResourceBundle patterns) {
        this.locale = locale;
        this.patterns = patterns;
    }

    /** The wording for a BCP 47 tag. */
    static Wording of(String tag) {
        ULocale asked = parse(tag);
        String language = LANGUAGES.contains(asked.getLanguage()) ? asked.getLanguage() : LANGUAGES.getFirst();
        ULocale locale = language.equals(asked.getLanguage())
                ? asked
                : new ULocale.Builder()
                        .setLanguage(language)
                        .setRegion(asked.getCountry())
                        .build();
        return new Wording(locale, ResourceBundle.getBundle("wording." + language, Locale.ROOT));
    }

    /** BCP 47 tag of the language of the texts. */
    String tag() {
        return locale.toLanguageTag();
    }

    /** True when there is a text under this key. */
    boolean has(String key) {
        return patterns.containsKey(key);
    }

    /** The text under a key, with the arguments filled in. */
    String text(String key, Map<String, ?> arguments) {
        return new MessageFormat(patterns.getString(key), locale).format(arguments);
    }

    /**
     * Date and time in the zone, or in UTC with its name when there is no zone. A time that occurs twice, because
     * clocks are put back, shows its offset from GMT.
     */
    String dateTime(Instant instant, @Nullable ZoneId zone) {
        String skeleton = zone == null ? "yMMMMdjmz" : occursTwice(instant, zone) ? "yMMMMdjmOOOO" : "yMMMMdjm";
        DateFormat format = DateFormat.getInstanceForSkeleton(skeleton, locale);
        format.setTimeZone(TimeZone.getTimeZone(zone == null ? "Etc/UTC" : zone.getId()));
        return format.format(Date.from(instant));
    }

    private static boolean occursTwice(Instant instant, ZoneId zone) {
        return zone.getRules()
                        .getValidOffsets(LocalDateTime.ofInstant(instant, zone))
                        .size()
                > 1;
    }

    /** An amount with the decimals that ISO 4217 gives its currency. */
    String money(Money money) {
        int digits = decimals(money.currency());
        return NumberFormatter.withLocale(locale)
                .unit(Currency.getInstance(money.currency()))
                .precision(Precision.fixedFraction(digits))
                .format(BigDecimal.valueOf(money.amount(), digits))
                .toString();
    }

    /** A quantity with its unit; only a number when it counts pieces. */
    String quantity(long quantity, Unit unit) {
        return switch (unit) {
            case EACH -> NumberFormatter.withLocale(locale).format(quantity).toString();
            case GRAM -> measure(quantity, MeasureUnit.GRAM, MeasureUnit.KILOGRAM);
            case MILLILITRE -> measure(quantity, MeasureUnit.MILLILITER, MeasureUnit.LITER);
        };
    }

    private String measure(long quantity, MeasureUnit small, MeasureUnit large) {
        boolean useLarge = quantity >= SMALL_UNITS_PER_LARGE;
        return NumberFormatter.withLocale(locale)
                .unit(useLarge ? large : small)
                .unitWidth(NumberFormatter.UnitWidth.SHORT)
                .precision(Precision.maxFraction(3))
                .format(BigDecimal.valueOf(quantity, useLarge ? 3 : 0))
                .toString();
    }

    // Java follows ISO 4217. ICU's digits follow everyday use and differ for some currencies.
    private static int decimals(String currency) {
        try {
            return Math.max(0, java.util.Currency.getInstance(currency).getDefaultFractionDigits());
        } catch (IllegalArgumentException e) {
            return UNKNOWN_CURRENCY_DIGITS;
        }
    }

    private static ULocale parse(String tag) {
        try {
            return new ULocale.Builder().setLanguageTag(tag).build();
        } catch (IllformedLocaleException e) {
            return ULocale.ENGLISH;
        }
    }
}
