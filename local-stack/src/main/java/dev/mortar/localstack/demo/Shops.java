package dev.mortar.localstack.demo;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A retailer: locations, articles with the most popular first, shoppers. The same seed makes the same retailer. */
public record Shops(List<Location> locations, List<Article> articles, List<Shopper> shoppers) {
    /** A location as it is registered; latitude and longitude in degrees. */
    public record Location(
            String id, String name, boolean warehouse, double latitude, double longitude, String timeZone) {}

    /** An article; its price in minor units. */
    public record Article(String sku, String title, long unitPrice, String currency) {}

    /** Somebody who buys, with the language of the mails. */
    public record Shopper(String customerId, String name, String locale) {}

    private record Town(String name, double latitude, double longitude, String timeZone) {}

    private static final List<Town> TOWNS = List.of(
            new Town("Pune", 18.5204, 73.8567, "Asia/Kolkata"),
            new Town("Nashik", 19.9975, 73.7898, "Asia/Kolkata"),
            new Town("Indore", 22.7196, 75.8577, "Asia/Kolkata"),
            new Town("Kochi", 9.9312, 76.2673, "Asia/Kolkata"),
            new Town("Izmir", 38.4237, 27.1428, "Europe/Istanbul"),
            new Town("Bursa", 40.1885, 29.0610, "Europe/Istanbul"),
            new Town("Akureyri", 65.6885, -18.1262, "Atlantic/Reykjavik"),
            new Town("Selfoss", 63.9331, -20.9971, "Atlantic/Reykjavik"),
            new Town("Riga", 56.9496, 24.1052, "Europe/Riga"),
            new Town("Tartu", 58.3780, 26.7290, "Europe/Tallinn"),
            new Town("Leeds", 53.8008, -1.5491, "Europe/London"),
            new Town("Galway", 53.2707, -9.0568, "Europe/Dublin"));

    private static final String[] LOOKS =
            "Blue,Copper,Enamel,Folding,Green,Heavy,Linen,Oak,Painted,Red,Small,Striped".split(",", -1);
    private static final String[] THINGS = ("kettle,lantern,basket,mug,apron,blanket,bread bin,clock,cushion,doormat,"
                    + "egg cup,funnel,garden fork,hammock,jug,ladder,mirror,notebook,oil lamp,pan,quilt,rug,stool,"
                    + "tea towel,umbrella")
            .split(",", -1);

    private record People(String locale, List<String> names) {}

    private static final List<People> PEOPLE = List.of(
            new People("en-GB", List.of("Alice Marsh", "Tom Okafor", "Ruth Hale", "Sam Price")),
            new People("hi-IN", List.of("आशा कुलकर्णी", "विजय पाटील", "मीरा शर्मा", "राहुल वर्मा")),
            new People("ru-RU", List.of("Анна Белова", "Игорь Лебедев", "Мария Котова", "Пётр Ильин")),
            new People("is-IS", List.of("Þóra Jónsdóttir", "Ægir Sveinsson", "Guðrún Pálsdóttir", "Örn Ólafsson")),
            new People("tr-TR", List.of("Ayşe Yıldız", "Can Öztürk", "İpek Şahin", "Işıl Çelik")));

    private static final int ARTICLES = LOOKS.length * THINGS.length;
    private static final int SHOPPERS = 200;
    /** So many are near each other, so that an order can choose. */
    private static final int LOCATIONS_OF_TOWN = 3;

    private static final String CURRENCY = "EUR";

    public Shops {
        locations = List.copyOf(locations);
        articles = List.copyOf(articles);
        shoppers = List.copyOf(shoppers);
    }

    /** A retailer with that many locations, the last of them a warehouse. */
    public static Shops generated(long seed, int locations) {
        Random random = new Random(seed);
        return new Shops(locations(random, locations), articles(random), shoppers(random));
    }

    public List<String> locationIds() {
        return locations.stream().map(Location::id).toList();
    }

    private static List<Location> locations(Random random, int count) {
        List<Town> towns = new ArrayList<>(TOWNS);
        Collections.shuffle(towns, random);
        List<Location> locations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Town town = towns.get(i / LOCATIONS_OF_TOWN % towns.size());
            boolean warehouse = i == count - 1 && count > 1;
            int number = 1 + i % LOCATIONS_OF_TOWN + i / (LOCATIONS_OF_TOWN * towns.size()) * LOCATIONS_OF_TOWN;
            locations.add(new Location(
                    (warehouse ? "warehouse-" : "store-") + town.name().toLowerCase(Locale.ROOT) + "-" + number,
                    town.name() + (warehouse ? " warehouse" : number == 1 ? "" : " " + number),
                    warehouse,
                    rounded(town.latitude() + (random.nextDouble() - 0.5) / 10),
                    rounded(town.longitude() + (random.nextDouble() - 0.5) / 10),
                    town.timeZone()));
        }
        return locations;
    }

    /** As many locations as asked for from a CSV file of stores, by chance. */
    static List<Location> read(Reader stores, int count, Random random) throws IOException {
        Map<String, Location> all = new LinkedHashMap<>();
        List<String> columns = List.of("store_number", "city", "state", "latitude", "longitude");
        CsvFile.read(stores, columns, store -> {
            Location location = location(store);
            if (location == null || all.putIfAbsent(location.id(), location) != null) {
                System.err.println("No location: " + store.columns());
            }
        });
        if (all.isEmpty()) {
            throw new IOException("The file of stores holds no store");
        }
        List<Location> shuffled = new ArrayList<>(all.values());
        Collections.shuffle(shuffled, random);
        return List.copyOf(shuffled.subList(0, Math.min(count, shuffled.size())));
    }

    private static @Nullable Location location(CsvFile.Row store) {
        String number = store.text("store_number");
        if (!store.isReadable() || !FeedRow.ID.matcher(number).matches()) {
            return null;
        }
        try {
            double latitude = store.number("latitude").doubleValue();
            double longitude = store.number("longitude").doubleValue();
            String name = store.text("city") + ", " + store.text("state");
            return Math.abs(latitude) > 90 || Math.abs(longitude) > 180
                    ? null
                    : new Location("store-" + number, name, false, latitude, longitude, timeZone(longitude));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Near enough for the times in mails: the file names no zone. */
    private static String timeZone(double longitude) {
        return longitude > -86
                ? "America/New_York"
                : longitude > -102 ? "America/Chicago" : longitude > -115 ? "America/Denver" : "America/Los_Angeles";
    }

    private static double rounded(double degrees) {
        return Math.round(degrees * 10_000) / 10_000.0;
    }

    private static List<Article> articles(Random random) {
        List<Article> articles = new ArrayList<>();
        for (int i = 0; i < ARTICLES; i++) {
            String title = LOOKS[i / THINGS.length] + " " + THINGS[i % THINGS.length];
            long price = 95 + 100L * (long) Math.floor(Math.exp(random.nextDouble() * 4.5));
            articles.add(new Article("M-%05d".formatted(10_000 + i * 7), title, price, CURRENCY));
        }
        Collections.shuffle(articles, random);
        return articles;
    }

    private static List<Shopper> shoppers(Random random) {
        List<Shopper> shoppers = new ArrayList<>();
        for (int i = 0; i < SHOPPERS; i++) {
            People people = PEOPLE.get(random.nextInt(PEOPLE.size()));
            String name = people.names().get(random.nextInt(people.names().size()));
            shoppers.add(new Shopper("shopper-%04d".formatted(i + 1), name, people.locale()));
        }
        return shoppers;
    }
}
