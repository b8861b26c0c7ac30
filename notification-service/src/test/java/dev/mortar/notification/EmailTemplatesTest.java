package dev.mortar.notification;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import dev.mortar.eventsourcing.pickupcode.PickupCode;
import dev.mortar.eventsourcing.security.OrderLinks;
import dev.mortar.eventsourcing.security.RotatedSecret;
import dev.mortar.eventsourcing.testkit.Approved;
import dev.mortar.values.EndReason;
import dev.mortar.values.FulfilmentMethod;
import dev.mortar.values.Money;
import dev.mortar.values.Unit;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailTemplatesTest {

    private static final List<String> LOCALES = List.of("en-GB", "hi-IN", "ru-RU", "is-IS", "tr-TR");
    private static final PickupCode PICKUP_CODE =
            new PickupCode(RotatedSecret.of("pickup secret", "k1:0123456789abcdef0123456789abcdef"));
    private static final OrderLinks LINKS = new OrderLinks(
            RotatedSecret.of("link secret", "k1:0123456789abcdef0123456789abcdef"),
            InstantSource.fixed(Instant.parse("2026-06-01T12:00:00Z")));
    private static final EmailTemplates TEMPLATES =
            new EmailTemplates(PICKUP_CODE, LINKS, "https://shop.example/order#");
    private static final Location STORE = new Location("Laugavegur & Co", ZoneId.of("Atlantic/Reykjavik"));

    static Stream<Arguments> templatesAndLocales() {
        return Stream.of(Template.values())
                .flatMap(template -> LOCALES.stream().map(locale -> Arguments.of(template, locale)));
    }

    @ParameterizedTest
    @MethodSource("templatesAndLocales")
    void everyMailMatchesItsApprovedFile(Template template, String locale) {
        StringBuilder mails = new StringBuilder();
        for (long count : List.of(1L, 2L, 5L, 21L)) {
            Email email = TEMPLATES.render(content(template, count), contact("Sigríður <b>", locale), STORE);
            mails.append("=== ")
                    .append(count)
                    .append(" · ")
                    .append(email.subject())
                    .append("\n\n");
            mails.append(email.text()).append('\n');
        }
        mails.append("=== html\n\n")
                .append(TEMPLATES
                        .render(content(template, 2), contact(null, locale), STORE)
                        .html());
        Approved.matches("approved-mails/" + template + "." + locale + ".txt", mails.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hi", "ru", "is", "tr"})
    void everyLanguageHasTheSameKeys(String language) throws IOException {
        assertThat(keys(language)).isEqualTo(keys("en"));
    }

    @Test
    void withoutAPageOfTheShopThereIsNoLink() {
        Email email = new EmailTemplates(PICKUP_CODE, LINKS, "")
                .render(content(Template.PICKUP_READY, 1), contact("Ada", "en-GB"), STORE);

        assertThat(email.text()).doesNotContain("link", "http");
        assertThat(email.html()).doesNotContain("href");
    }

    @Test
    void usesRussianPluralForms() {
        assertThat(text("ru-RU", 1)).contains("1 товар ждёт");
        assertThat(text("ru-RU", 2)).contains("2 товара ждут");
        assertThat(text("ru-RU", 5)).contains("5 товаров ждут");
        assertThat(text("ru-RU", 11)).contains("11 товаров ждут");
        assertThat(text("ru-RU", 21)).contains("21 товар ждёт");
        assertThat(text("is-IS", 21)).contains("21 vara bíður");
        assertThat(text("is-IS", 11)).contains("11 vörur bíða");
    }

    @Test
    void fallsBackToEnglishWithTheFormatsOfTheRegion() {
        Email german = TEMPLATES.render(content(Template.PICKUP_READY, 1), contact("Ada", "de-DE"), STORE);
        assertThat(german.subject()).isEqualTo("Your order is ready for pickup");
        assertThat(german.html()).contains("<html lang=\"en-DE\">");
        assertThat(TEMPLATES
                        .render(content(Template.PICKUP_READY, 1), contact("Ada", "not a tag"), STORE)
                        .subject())
                .isEqualTo("Your order is ready for pickup");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "en-GB | 129900 | INR | ₹1,299.00",
                "hi-IN | 12345600 | INR | ₹1,23,456.00",
                "is-IS | 4990 | ISK | 4.990 kr.",
                "ru-RU | 199050 | RUB | 1 990,50 ₽",
                "tr-TR | 4999 | TRY | ₺49,99",
                "en-GB | 12345 | KWD | KWD 12.345",
                "en-GB | 500 | JPY | JP¥500",
                "en-GB | 12345 | IQD | IQD 12.345",
            })
    void writesMoneyWithTheDecimalsOfItsCurrency(String locale, long amount, String currency, String written) {
        assertThat(Wording.of(locale)
                        .money(new Money(amount, currency))
                        .replace('\u00a0', ' ')
                        .replace('\u202f', ' '))
                .isEqualTo(written);
    }

    @Test
    void writesQuantitiesInTheirUnit() {
        assertThat(Wording.of("en-GB").quantity(2, Unit.EACH)).isEqualTo("2");
        assertThat(Wording.of("en-GB").quantity(250, Unit.GRAM)).isEqualTo("250 g");
        assertThat(Wording.of("is-IS").quantity(1_250, Unit.GRAM)).isEqualTo("1,25 kg");
        assertThat(Wording.of("ru-RU").quantity(750, Unit.MILLILITRE)).isEqualTo("750 мл");
    }

    @Test
    void writesTimesInTheZoneOfTheLocation() {
        Instant deadline = Instant.parse("2026-06-05T20:30:00Z");
        assertThat(Wording.of("en-GB").dateTime(deadline, ZoneId.of("Asia/Kolkata")))
                .isEqualTo("6 June 2026 at 02:00");
        assertThat(Wording.of("en-GB").dateTime(deadline, ZoneId.of("Europe/Istanbul")))
                .isEqualTo("5 June 2026 at 23:30");
        assertThat(Wording.of("en-GB").dateTime(deadline, null)).isEqualTo("5 June 2026 at 20:30 UTC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en-GB", "hi-IN", "ru-RU", "is-IS", "tr-TR"})
    void showsTheOffsetOfATimeThatOccursTwice(String locale) {
        Wording wording = Wording.of(locale);
        ZoneId oslo = ZoneId.of("Europe/Oslo");
        Instant before = Instant.parse("2026-10-24T23:59:59Z");
        Instant summer = Instant.parse("2026-10-25T00:30:00Z");
        Instant winter = Instant.parse("2026-10-25T01:30:00Z");
        assertThat(wording.dateTime(summer, oslo)).contains("GMT+02:00");
        assertThat(wording.dateTime(winter, oslo)).contains("GMT+01:00");
        assertThat(wording.dateTime(before, oslo)).doesNotContain("GMT");
        assertThat(wording.dateTime(winter.plusSeconds(1_800), oslo)).doesNotContain("GMT");
        assertThat(wording.dateTime(Instant.parse("2026-03-29T01:00:00Z"), oslo))
                .as("clocks are put forward: no time occurs twice")
                .doesNotContain("GMT");
        assertThat(wording.dateTime(winter, ZoneId.of("Europe/London")))
                .as("clocks are put back from 02:00 to 01:00")
                .contains("GMT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en-GB", "hi-IN", "ru-RU", "is-IS", "tr-TR"})
    void hasATextForEveryReason(String locale) {
        Wording wording = Wording.of(locale);
        assertThat(Stream.of(EndReason.values())
                        .map(reason -> wording.text("reason.text", Map.of("reason", reason.name()))))
                .doesNotHaveDuplicates()
                .doesNotContain(wording.text("reason.text", Map.of("reason", "")));
    }

    @Test
    void namesAPromisedTimeOnlyIfThereIsOne() {
        String promised = TEMPLATES
                .render(moved(FulfilmentMethod.PICKUP, Examples.DEADLINE), contact("Ada", "en-GB"), STORE)
                .text();
        assertThat(promised)
                .contains("ready for you there")
                .contains("Ready by: 5 June 2026 at 12:30")
                .contains("Location: Laugavegur & Co");
        String unpromised = TEMPLATES
                .render(moved(FulfilmentMethod.DELIVERY, null), contact("Ada", "en-GB"), STORE)
                .text();
        assertThat(unpromised).contains("when they are on the way").doesNotContain("Ready by");
    }

    private static NotificationContent moved(FulfilmentMethod method, @Nullable Instant promisedAt) {
        return new NotificationContent(
                Examples.TRIGGER,
                Examples.CUSTOMER,
                Template.FULFILMENT_MOVED,
                Examples.ORDER,
                Examples.FULFILMENT,
                method,
                "store-1",
                Examples.LINES,
                List.of(),
                null,
                promisedAt,
                null,
                null,
                List.of(),
                null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"en-GB", "hi-IN", "ru-RU", "is-IS", "tr-TR"})
    void showsTheTrackingReferencesOfParcels(String locale) {
        NotificationContent content = new NotificationContent(
                Examples.TRIGGER,
                Examples.CUSTOMER,
                Template.PICKUP_HANDED_OVER,
                Examples.ORDER,
                Examples.FULFILMENT,
                FulfilmentMethod.DELIVERY,
                "store-1",
                Examples.LINES,
                List.of(),
                null,
                null,
                null,
                null,
                List.of("T-1", "T<2"),
                null);
        Email email = TEMPLATES.render(content, contact("Ada", locale), STORE);
        String heading = Wording.of(locale).text("tracking", Map.of());
        assertThat(email.text()).contains(heading + "\n- T-1\n- T<2\n");
        assertThat(email.html()).contains("<li>T&lt;2</li>");
        assertThat(text(locale, 1)).doesNotContain(heading);
    }

    @Test
    void namesTheNextAttemptOnlyIfItIsKnown() {
        NotificationContent known = content(Template.DELIVERY_FAILED, 1);
        assertThat(TEMPLATES.render(known, contact("Ada", "en-GB"), STORE).text())
                .contains("Next attempt: 5 June 2026 at 12:30");
        NotificationContent unknown = new NotificationContent(
                known.triggerEventId(),
                known.customerId(),
                known.template(),
                known.orderId(),
                known.fulfilmentId(),
                known.method(),
                known.locationId(),
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                List.of(),
                null);
        assertThat(TEMPLATES.render(unknown, contact("Ada", "en-GB"), STORE).text())
                .contains("still on its way")
                .doesNotContain("Next attempt");
    }

    @Test
    void showsTheCodeAsTextAndAsQrCode() throws Exception {
        String code = PICKUP_CODE.derive(Examples.FULFILMENT, 1, "k1");
        Email email = TEMPLATES.render(Examples.ready(), contact("Ada", "en-GB"), STORE);
        assertThat(email.text()).contains(PickupCode.display(code));
        assertThat(email.html()).contains(PickupCode.display(code)).contains("cid:" + Email.QR_CONTENT_ID);
        assertThat(readQr(Objects.requireNonNull(email.qrPng())))
                .isEqualTo(PickupCode.qrPayload(Examples.FULFILMENT, code));
    }

    @Test
    void showsNoCodeWhereThereIsNone() {
        Email email = TEMPLATES.render(Examples.confirmed(), contact("Ada", "en-GB"), STORE);
        assertThat(email.qrPng()).isNull();
        assertThat(email.html()).doesNotContain("cid:");
    }

    @Test
    void escapesTextFromOutside() {
        Email email = TEMPLATES.render(Examples.confirmed(), contact("<script>x</script>", "en-GB"), STORE);
        assertThat(email.html())
                .contains("Hello &lt;script&gt;x&lt;/script&gt;,")
                .contains("Mug &lt;&quot;Tom &amp; Jerry&quot;&gt;")
                .doesNotContain("<script>");
        assertThat(email.text()).contains("Mug <\"Tom & Jerry\">");
    }

    private static String text(String locale, long count) {
        return TEMPLATES
                .render(content(Template.PICKUP_READY, count), contact("Ada", locale), STORE)
                .text();
    }

    private static NotificationContent content(Template template, long count) {
        List<NotificationLine> lines = new ArrayList<>();
        if (!Set.of(Template.PICKUP_DELAYED, Template.PICKUP_EXTENDED, Template.DELIVERY_FAILED)
                .contains(template)) {
            lines.add(new NotificationLine("MUG-1", "Mug \"Tom & Jerry\"", count, Unit.EACH));
        }
        boolean delivery = template == Template.PARCEL_DELIVERED || template == Template.DELIVERY_FAILED;
        boolean aboutPickup = template.name().startsWith("PICKUP") || template == Template.FULFILMENT_MOVED || delivery;
        boolean drops = template == Template.ORDER_CONFIRMED
                || template == Template.PICKUP_HANDED_OVER
                || template == Template.PICKUP_READY;
        boolean deadline = template.callsToPickup()
                || template == Template.PICKUP_EXPIRED
                || template == Template.FULFILMENT_MOVED
                || template == Template.DELIVERY_FAILED;
        boolean amount = template == Template.ORDER_CONFIRMED
                || template == Template.RETURN_ACCEPTED
                || template == Template.ORDER_LINES_CANCELLED
                || template == Template.PARCEL_LOST;
        Map<Template, EndReason> reasons = Map.of(
                Template.ORDER_REJECTED, EndReason.OUT_OF_STOCK,
                Template.ORDER_CANCELLED, EndReason.SOLD_AT_TILL,
                Template.ORDER_LINES_CANCELLED, EndReason.SHORT_PICK);
        return new NotificationContent(
                Examples.TRIGGER,
                Examples.CUSTOMER,
                template,
                Examples.ORDER,
                aboutPickup ? Examples.FULFILMENT : null,
                aboutPickup ? (delivery ? FulfilmentMethod.DELIVERY : FulfilmentMethod.PICKUP) : null,
                "store-1",
                lines,
                drops ? List.of(new NotificationLine("TEA-1", null, count, Unit.EACH)) : List.of(),
                amount ? new Money(129_900, "INR") : null,
                deadline ? Examples.DEADLINE : null,
                template.callsToPickup() && template != Template.PICKUP_EXTENDED ? Examples.FIRST_CODE : null,
                reasons.get(template),
                List.of(),
                null);
    }

    private static Contact contact(@Nullable String name, String locale) {
        return new Contact(name, "ada@example.org", null, locale, true, null, Instant.EPOCH);
    }

    private static Set<String> keys(String language) throws IOException {
        try (InputStream in = EmailTemplatesTest.class.getResourceAsStream("/wording/" + language + ".properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.stringPropertyNames();
        }
    }

    private static String readQr(byte[] png) throws Exception {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        RGBLuminanceSource source = new RGBLuminanceSource(image.getWidth(), image.getHeight(), pixels);
        return new QRCodeReader()
                .decode(new BinaryBitmap(new HybridBinarizer(source)))
                .getText();
    }
}
