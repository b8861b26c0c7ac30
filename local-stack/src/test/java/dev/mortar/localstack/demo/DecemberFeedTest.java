package dev.mortar.localstack.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.mortar.localstack.demo.FeedRow.Reason;
import dev.mortar.localstack.demo.Purchase.Line;
import dev.mortar.localstack.demo.Purchase.Part;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.StringReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecemberFeedTest {
    private static final String HEADER =
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
    private static final String STORES = """
            store_number,type,street,city,state,zip,latitude,longitude,opened
            1,Shop,1 HIGH ST,Aville,AR,72756,36.34,-94.07,1962-07-01
            2,Shop,2 HIGH ST,Betown,GA,30000,33.10,-84.01,1970-01-01
            """;

    @Test
    void makesOnePurchaseOfAnInvoice() throws IOException {
        DecemberFeed feed = read(
                "500,85123A,\"HEART, HANGING\",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
                "500,85123a,LANTERN,2,2010-12-01 08:26:00,3.39,17850.0,United Kingdom",
                "500,85123A,HEART,1,2010-12-01 08:26:00,0.0,17850.0,United Kingdom");

        assertThat(feed.purchases()).singleElement().satisfies(purchase -> {
            assertThat(purchase.name()).isEqualTo("500");
            assertThat(purchase.customerId()).isEqualTo("17850");
            assertThat(purchase.soldAt()).isEqualTo(Instant.parse("2010-12-01T08:26:00Z"));
            assertThat(purchase.lines())
                    .extracting(Line::sku, Line::title, Line::quantity, Line::unitPrice, Line::currency)
                    .containsExactly(
                            tuple("85123A", "HEART, HANGING", 6L, 255L, "GBP"),
                            tuple("85123a", "LANTERN", 2L, 339L, "GBP"),
                            tuple("85123A", "HEART", 1L, 0L, "GBP"));
        });
        assertThat(feed.unused()).isEmpty();
    }

    @Test
    void aGuestHasNoCustomer() throws IOException {
        DecemberFeed feed = read("500,22000,MUG,1,2010-12-01 08:26:00,2.55,,United Kingdom");

        assertThat(feed.purchases())
                .singleElement()
                .extracting(Purchase::customerId)
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                    500,POST,POSTAGE,1,2010-12-01 08:26:00,18.00,1.0,France              ; NOT_GOODS
                    500,m,Manual,1,2010-12-01 08:26:00,18.00,1.0,France                  ; NOT_GOODS
                    500,gift_0001_40,VOUCHER,1,2010-12-01 08:26:00,34.00,,France         ; GIFT_VOUCHER
                    A500,B,Adjust bad debt,1,2010-12-01 08:26:00,-11.00,,France          ; ACCOUNTING_ENTRY
                    500,,MUG,1,2010-12-01 08:26:00,1.00,1.0,France                       ; NO_SKU
                    500,a|b,MUG,1,2010-12-01 08:26:00,1.00,1.0,France                    ; NO_SKU
                    500,85123A\u00a0,MUG,1,2010-12-01 08:26:00,1.00,1.0,France            ; NO_SKU
                    500,85123A\u2003,MUG,1,2010-12-01 08:26:00,1.00,1.0,France            ; NO_SKU
                    500,85\u00ad123A,MUG,1,2010-12-01 08:26:00,1.00,1.0,France            ; NO_SKU
                    500,85123A,MUG,1,2010-12-01 08:26:00,1.00,+47 900 12 345,France      ; NO_CUSTOMER_ID
                    500,85123A,MUG,1,2010-12-01 08:26:00,1.00,a@example.com,France       ; NO_CUSTOMER_ID
                    500,22000,MUG,0,2010-12-01 08:26:00,1.00,1.0,France                  ; QUANTITY_ZERO
                    500,22000,MUG,99999999,2010-12-01 08:26:00,1.00,1.0,France           ; QUANTITY_TOO_LARGE
                    500,22000,MUG,-1,2010-12-01 08:26:00,1.00,1.0,France                 ; QUANTITY_BELOW_ZERO
                    C500,22000,MUG,1,2010-12-01 08:26:00,1.00,1.0,France                 ; QUANTITY_ABOVE_ZERO
                    500,22000,MUG,1,2010-12-01 08:26:00,-1.00,1.0,France                 ; PRICE_BELOW_ZERO
                    500,22000,MUG,1,2010-12-01 08:26:00,1.005,1.0,France                 ; PRICE_NOT_IN_PENCE
                    500,22000,MUG,1,2010-12-01 08:26:00,1e30,1.0,France                  ; PRICE_NOT_IN_PENCE
                    500,22000,MUG,one,2010-12-01 08:26:00,1.00,1.0,France                ; NOT_READABLE
                    500,22000,MUG,1.5,2010-12-01 08:26:00,1.00,1.0,France                ; NOT_READABLE
                    500,22000,MUG,1,yesterday,1.00,1.0,France                            ; NOT_READABLE
                    500,22000,MUG,1,2010-12-01 08:26:00,,1.0,France                      ; NOT_READABLE
                    500,22000,MUG                                                        ; NOT_READABLE
                    500,22000,MUG,1,2011-02-30 08:26:00,1.00,1.0,France                  ; NOT_READABLE
                    500,22000,MUG,1,2010-12-01 24:00:00,1.00,1.0,France                  ; NOT_READABLE
                    500,22000,MUG,1,2011-03-27 01:30:00,1.00,1.0,France                  ; NOT_READABLE
                    500,22000,MUG,1,+12010-12-01 08:26:00,1.00,1.0,France                ; TIME_NOT_POSSIBLE
                    500,22000,MUG,1,1999-12-31 23:59:59,1.00,1.0,France                  ; TIME_NOT_POSSIBLE
                    500,22000,MUG,1,2999-12-01 08:26:00,1.00,1.0,France                  ; TIME_NOT_POSSIBLE
                    500,22000,MUG,٣,2010-12-01 08:26:00,1.00,1.0,France                  ; NOT_READABLE
                    500,22000,MUG,1,2010-12-01 08:26:00,１.00,1.0,France                 ; NOT_READABLE
                    500,22000,MUG,1,2010-12-01 08:26:00,NaN,1.0,France                   ; NOT_READABLE
                    500,22000,MUG,-9223372036854775808,2010-12-01 08:26:00,1.00,1.0,X    ; QUANTITY_TOO_LARGE
                    500,22000,MUG,1000000,2010-12-01 08:26:00,10000.01,1.0,France        ; AMOUNT_TOO_LARGE
                    500|1,22000,MUG,1,2010-12-01 08:26:00,1.00,1.0,France                ; NOT_READABLE
                    500,22000,MUG,1,2010-12-01 08:26:00,1.00,1 of many,France            ; NO_CUSTOMER_ID
                    500,22000,MUG �,1,2010-12-01 08:26:00,1.00,1.0,France                ; NOT_READABLE
                    ,22000,MUG,1,2010-12-01 08:26:00,1.00,1.0,France                     ; NOT_READABLE
                    C500,22000,MUG,-1,2010-12-01 08:26:00,1.00,,France                   ; RETURN_BY_GUEST
                    C500,22000,MUG,-1,2010-12-01 08:26:00,1.00,1.0,France                ; NEVER_BOUGHT
                    500,22000,lost,-1,2010-12-01 08:26:00,0.0,,France                    ; NEVER_STOCKED
                    """)
    void listsARowItCannotUseWithTheReason(String row, Reason reason) throws IOException {
        DecemberFeed feed = read("499,85123A,HEART,6,2010-12-01 08:20:00,2.55,17850.0,United Kingdom", row);

        assertThat(feed.unused()).singleElement().satisfies(unused -> {
            assertThat(unused.row()).isEqualTo(3);
            assertThat(unused.reason()).isEqualTo(reason);
        });
        assertThat(feed.rowsUsed() + feed.unused().size())
                .isEqualTo(feed.rowsRead())
                .isEqualTo(2);
    }

    @Test
    void takesBackWhatTheSameCustomerBoughtLast() throws IOException {
        DecemberFeed feed = read(
                "500,22000,MUG,5,2010-12-01 08:26:00,1.00,1.0,France",
                "501,22000,MUG,2,2010-12-02 08:26:00,1.00,1.0,France",
                "502,22000,MUG,9,2010-12-02 08:26:00,1.00,2.0,France",
                "C503,22000,MUG,-4,2010-12-20 08:26:00,1.00,1.0,France",
                "C504,22000,MUG,-9,2010-12-20 08:26:00,1.00,1.0,France",
                "C505,22000,MUG,-1,2010-12-20 08:26:00,1.00,1.0,France");

        assertThat(returned(feed, "500")).containsExactly(new Part(1, 2, 5), new Part(1, 3, 6));
        assertThat(returned(feed, "501")).containsExactly(new Part(1, 2, 5));
        assertThat(returned(feed, "502")).isEmpty();
        assertThat(feed.unitsNeverBought()).isEqualTo(6);
        assertThat(feed.unused()).extracting(DecemberFeed.Unused::row).containsExactly(7);
    }

    @Test
    void cancelsWhatIsTakenBackSoonAfterAnOrder() throws IOException {
        for (long seed = 0; seed < 20; seed++) {
            DecemberFeed feed = DecemberFeed.read(
                    new StringReader(HEADER
                            + "500,22000,MUG,5,2010-12-01 08:26:00,1.00,1.0,France\n"
                            + "C501,22000,MUG,-2,2010-12-01 09:26:00,1.00,1.0,France\n"),
                    new StringReader(STORES),
                    2,
                    seed);
            Purchase purchase = feed.purchases().getFirst();

            assertThat(purchase.channel().ordered() ? purchase.cancelled() : returned(feed, "500"))
                    .as("seed %d", seed)
                    .containsExactly(new Part(1, 2, 3));
        }
    }

    @Test
    void aRowThatCouldNotBeReversedIsNoLongerUsed() throws IOException {
        DecemberFeed feed = read(
                "500,22000,MUG,5,2010-12-01 08:26:00,1.00,1.0,France",
                "C501,22000,MUG,-2,2010-12-20 09:26:00,1.00,1.0,France");

        feed.couldNotReverse(3);

        assertThat(feed.rowsUsed()).isEqualTo(1);
        assertThat(feed.unused()).extracting(DecemberFeed.Unused::reason).containsExactly(Reason.DID_NOT_LEAVE);
    }

    @Test
    void correctsTheStockWhereMostIsSold() throws IOException {
        DecemberFeed feed = read(
                "500,22000,MUG,5,2010-12-01 08:26:00,1.00,1.0,France",
                "501,22000,damages,-2,2010-12-01 09:26:00,0.0,,United Kingdom",
                "502,22001,found,3,2010-12-01 09:26:00,0.0,,United Kingdom");

        String location = feed.purchases().getFirst().from();
        assertThat(feed.corrections())
                .extracting(
                        DecemberFeed.Correction::sku,
                        DecemberFeed.Correction::quantity,
                        DecemberFeed.Correction::reason)
                .containsExactly(tuple("22000", -2L, "DAMAGED"), tuple("22001", 3L, "FOUND"));
        assertThat(feed.corrections().getFirst().locationId()).isEqualTo(location);
        assertThat(feed.stock().get(location)).containsEntry("22000", 7L);
    }

    @Test
    void sameSeedMakesTheSamePlan() throws IOException {
        String[] rows = Stream.iterate(500, invoice -> invoice + 1)
                .limit(50)
                .map(invoice -> invoice + ",22000,MUG,5,2010-12-01 08:26:00,1.00,1.0,France")
                .toArray(String[]::new);

        assertThat(read(rows).purchases()).isEqualTo(read(rows).purchases());
        assertThat(read(rows).shops()).isEqualTo(read(rows).shops());
    }

    @Test
    void linesAreCountedAsTheFileHasThem(@TempDir Path folder) throws IOException {
        DecemberFeed feed = read(
                "500,22000,\"MUG\nWITH A BREAK\",5,2010-12-01 08:26:00,1.00,1.0,France",
                "500,POST,POSTAGE,1,2010-12-01 08:26:00,1.00,1.0,France");

        feed.writeUnused(folder.resolve("deep/unused.csv"));

        assertThat(folder.resolve("deep/unused.csv")).hasContent("""
                        line,invoice,stockCode,reason,words
                        4,500,POST,NOT_GOODS,"postage, a fee, a manual entry or the like"
                        """);
    }

    @Test
    void readsPlainAndPackedFiles(@TempDir Path folder) throws IOException {
        String invoices = HEADER + "500,22000,MUG,5,2010-12-01 08:26:00,1.00,1.0,France\n";
        Path plain = Files.writeString(folder.resolve("plain.csv"), invoices);
        Path packed = folder.resolve("packed.csv.gz");
        try (Writer out =
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(packed)), StandardCharsets.UTF_8)) {
            out.write(invoices);
        }
        Path stores = Files.writeString(folder.resolve("stores.csv"), STORES);

        assertThat(DecemberFeed.read(packed, stores, 2, 1).purchases())
                .isEqualTo(DecemberFeed.read(plain, stores, 2, 1).purchases())
                .hasSize(1);
    }

    @Test
    void aByteOrderMarkChangesNothing(@TempDir Path folder) throws IOException {
        String invoices = HEADER + "500,22000,MUG,5,2010-12-01 08:26:00,1.00,1.0,France\n";
        Path plain = Files.writeString(folder.resolve("plain.csv"), invoices);
        Path marked = Files.writeString(folder.resolve("marked.csv"), "\uFEFF" + invoices);
        Path packed = folder.resolve("packed.csv.gz");
        try (Writer out =
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(packed)), StandardCharsets.UTF_8)) {
            out.write("\uFEFF" + invoices);
        }
        Path stores = Files.writeString(folder.resolve("stores.csv"), STORES);
        Path markedStores = Files.writeString(folder.resolve("marked-stores.csv"), "\uFEFF" + STORES);

        DecemberFeed feed = DecemberFeed.read(plain, stores, 2, 1);
        assertThat(feed.purchases()).hasSize(1);
        for (Path file : List.of(marked, packed)) {
            DecemberFeed same = DecemberFeed.read(file, markedStores, 2, 1);
            assertThat(same.purchases()).isEqualTo(feed.purchases());
            assertThat(same.shops()).isEqualTo(feed.shops());
            assertThat(same.unused()).isEmpty();
        }
    }

    @Test
    void rowsThatAreNotUtf8AreListed(@TempDir Path folder) throws IOException {
        Path invoices = Files.writeString(
                folder.resolve("latin-1.csv"),
                HEADER
                        + "500,APPEL-Ä,APPLE,5,2010-12-01 08:26:00,1.00,1.0,France\n"
                        + "500,APPEL-Å,APPLE,7,2010-12-01 08:26:00,1.00,1.0,France\n"
                        + "500,APPEL-A,APPLE,9,2010-12-01 08:26:00,1.00,1.0,France\n",
                StandardCharsets.ISO_8859_1);
        Path stores = Files.writeString(folder.resolve("stores.csv"), STORES);

        DecemberFeed feed = DecemberFeed.read(invoices, stores, 2, 1);

        assertThat(feed.unused())
                .extracting(DecemberFeed.Unused::row, DecemberFeed.Unused::reason)
                .containsExactly(tuple(2, Reason.NOT_READABLE), tuple(3, Reason.NOT_READABLE));
        assertThat(feed.purchases())
                .singleElement()
                .extracting(Purchase::lines)
                .asInstanceOf(InstanceOfAssertFactories.list(Line.class))
                .extracting(Line::sku)
                .containsExactly("APPEL-A");
        assertThat(feed.rowsUsed() + feed.unused().size()).isEqualTo(feed.rowsRead());
    }

    @Test
    void quotesAreReadAndWrittenAsCsvHasThem(@TempDir Path folder) throws IOException {
        DecemberFeed feed = read(
                "500,\"A \"\"B\"\", 7\",\"7\"\" FRAME\",5,2010-12-01 08:26:00,1.00,1.0,France",
                "501,\"A \"\"B\"\", 7\",MUG,0,2010-12-01 08:26:00,1.00,1.0,France",
                "502,\"A\nB\",MUG,1,2010-12-01 08:26:00,1.00,1.0,France");
        feed.writeUnused(folder.resolve("unused.csv"));

        assertThat(feed.purchases())
                .singleElement()
                .extracting(Purchase::lines)
                .asInstanceOf(InstanceOfAssertFactories.list(Line.class))
                .extracting(Line::sku, Line::title)
                .containsExactly(tuple("A \"B\", 7", "7\" FRAME"));
        assertThat(folder.resolve("unused.csv")).hasContent("""
                        line,invoice,stockCode,reason,words
                        3,501,"A ""B"", 7",QUANTITY_ZERO,it moves nothing
                        4,502,"A
                        B",NO_SKU,"it names no SKU, or one that cannot be an id"
                        """);
    }

    @Test
    void emptyLinesAreNoRowsAndCount() throws IOException {
        DecemberFeed feed = read(
                "500,22000,MUG,5,2010-12-01 08:26:00,1.00,1.0,France",
                "",
                "500,POST,POSTAGE,1,2010-12-01 08:26:00,1.00,1.0,France",
                "");

        assertThat(feed.unused()).extracting(DecemberFeed.Unused::row).containsExactly(4);
        assertThat(feed.rowsRead()).isEqualTo(2);
    }

    @Test
    void aQuoteThatNeverEndsDoesNotSwallowTheRest() {
        assertThatThrownBy(() -> read(
                        "500,22000,\"MUG,5,2010-12-01 08:26:00,1.00,1.0,France",
                        "501,22000,MUG,5,2010-12-01 08:26:00,1.00,1.0,France"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("startline 2");
    }

    @Test
    void anInvoiceComesToNoMoreThanAnOrderCan() throws IOException {
        DecemberFeed feed = read(
                "500,22000,MUG,999999,2010-12-01 08:26:00,10000.00,1.0,France",
                "500,22001,MUG,1,2010-12-01 08:26:00,10000.00,1.0,France",
                "500,22002,MUG,1,2010-12-01 08:26:00,0.01,1.0,France");

        assertThat(feed.unused())
                .extracting(DecemberFeed.Unused::row, DecemberFeed.Unused::reason)
                .containsExactly(tuple(4, Reason.AMOUNT_TOO_LARGE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                    3,Shop,3 HIGH ST,Ctown,TX,75001,NaN,-97.1,1970-01-01
                    3,Shop,3 HIGH ST,Ctown,TX,75001,32.1,Infinity,1970-01-01
                    3,Shop,3 HIGH ST,Ctown,TX,75001,0x1p3,-97.1,1970-01-01
                    3,Shop,3 HIGH ST,Ctown,TX,75001,32.1d,-97.1,1970-01-01
                    3,Shop,3 HIGH ST,Ctown,TX,75001,90.1,-97.1,1970-01-01
                    3,Shop,3 HIGH ST,Ctown,TX,75001,32.1,-180.1,1970-01-01
                    3,Shop,3 HIGH ST,Ctown,TX,75001,٣٢.1,-97.1,1970-01-01
                    3,Shop,3 HIGH ST,C�town,TX,75001,32.1,-97.1,1970-01-01
                    3,Shop,3, HIGH ST,Ctown,TX,75001,32.1,-97.1,1970-01-01
                    3,Shop,3 HIGH ST,Ctown
                    2,Shop,3 HIGH ST,Ctown,TX,75001,32.1,-97.1,1970-01-01
                    ,Shop,3 HIGH ST,Ctown,TX,75001,32.1,-97.1,1970-01-01
                    3|4,Shop,3 HIGH ST,Ctown,TX,75001,32.1,-97.1,1970-01-01
                    """)
    void aStoreThatCannotBeIsNoLocation(String row) throws IOException {
        DecemberFeed feed = DecemberFeed.read(new StringReader(HEADER), new StringReader(STORES + row + "\n"), 9, 1);

        assertThat(feed.shops().locationIds()).containsExactlyInAnyOrder("store-1", "store-2");
    }

    @Test
    void saysWhichColumnsAreNeeded() {
        assertThatThrownBy(() -> DecemberFeed.read(new StringReader("a,b\n1,2\n"), new StringReader(STORES), 2, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("InvoiceNo");
    }

    private static List<Part> returned(DecemberFeed feed, String invoice) {
        return feed.purchases().stream()
                .filter(purchase -> purchase.name().equals(invoice))
                .flatMap(purchase -> purchase.returns().stream())
                .flatMap(back -> back.parts().stream())
                .toList();
    }

    private static DecemberFeed read(String... rows) throws IOException {
        return DecemberFeed.read(
                new StringReader(HEADER + String.join("\n", rows) + "\n"), new StringReader(STORES), 2, 1);
    }
}
