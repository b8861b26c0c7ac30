package dev.mortar.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Plots as SVG. */
final class Plot {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 380;
    private static final int LEFT = 70;
    private static final int RIGHT = 150;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final int BAR = 24;
    private static final List<String> COLOURS =
            List.of("#1b6ca8", "#c8553d", "#2a9d5c", "#8e5ea2", "#b8860b", "#4d4d4d", "#d16ba5", "#17a2a2");
    private static final List<Double> LABELLED = List.of(1.0, 25.0, 50.0, 75.0, 90.0, 99.0, 99.9, 99.99);

    private Plot() {}

    /**
     * Distributions of times, one line each: how long the fastest so many per cent took.
     *
     * @param curves milliseconds at each of {@link Quantiles#CURVE_PERCENTILES}, by name
     */
    static String latencies(String title, Map<String, List<Double>> curves) {
        double least = bound(curves, true);
        double most = bound(curves, false);
        var svg = new StringBuilder(head(title, HEIGHT));
        for (double percent : LABELLED) {
            double x = x(percent);
            line(svg, x, TOP, x, HEIGHT - BOTTOM, "#e4e4e4");
            text(svg, x, HEIGHT - BOTTOM + 18, "middle", percent + " %");
        }
        for (double decade = least; decade <= most * 1.001; decade *= 10) {
            double y = y(decade, least, most);
            line(svg, LEFT, y, WIDTH - RIGHT, y, "#e4e4e4");
            text(svg, LEFT - 6, y + 4, "end", Report.number(decade) + " ms");
        }
        int number = 0;
        for (Map.Entry<String, List<Double>> curve : curves.entrySet()) {
            String colour = COLOURS.get(number % COLOURS.size());
            List<String> points = new ArrayList<>();
            for (int i = 0; i < curve.getValue().size(); i++) {
                points.add("%.1f,%.1f"
                        .formatted(
                                x(Quantiles.CURVE_PERCENTILES.get(i)),
                                y(Math.max(least, curve.getValue().get(i)), least, most)));
            }
            svg.append("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>%n"
                    .formatted(colour, String.join(" ", points)));
            int y = TOP + 16 + number * 18;
            line(svg, WIDTH - RIGHT + 10, y - 4, WIDTH - RIGHT + 28, y - 4, colour);
            text(svg, WIDTH - RIGHT + 34, y, "start", curve.getKey());
            number++;
        }
        return svg.append("</svg>\n").toString();
    }

    /** A bar for each figure. */
    static String bars(String title, Map<String, Double> figures) {
        double most =
                figures.values().stream().mapToDouble(figure -> figure).max().orElse(1);
        var svg = new StringBuilder(head(title, TOP + BAR * figures.size() + 10));
        int number = 0;
        for (Map.Entry<String, Double> figure : figures.entrySet()) {
            int y = TOP + number * BAR;
            double width = most == 0 ? 0 : (WIDTH - 2.0 * RIGHT) * figure.getValue() / most;
            svg.append("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n"
                    .formatted(RIGHT, y, width, BAR - 6, COLOURS.getFirst()));
            text(svg, RIGHT - 6, y + 13, "end", figure.getKey());
            text(svg, RIGHT + width + 6, y + 13, "start", Report.number(figure.getValue()));
            number++;
        }
        return svg.append("</svg>\n").toString();
    }

    private static String head(String title, int height) {
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="%d" y="22" font-size="15">%s</text>
                """.formatted(WIDTH, height, LEFT, escaped(title));
    }

    private static void line(StringBuilder svg, double x1, double y1, double x2, double y2, String colour) {
        svg.append("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n"
                .formatted(x1, y1, x2, y2, colour));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n".formatted(x, y, anchor, escaped(text)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** Each further nine takes the same room. */
    private static double x(double percent) {
        double nines = -Math.log10(1 - percent / 100);
        return LEFT + (WIDTH - LEFT - RIGHT) * nines / 4.0;
    }

    private static double y(double ms, double least, double most) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * Math.log(ms / least) / Math.log(most / least);
    }

    /** A power of ten, in milliseconds, that no curve passes. */
    private static double bound(Map<String, List<Double>> curves, boolean below) {
        var range = curves.values().stream()
                .flatMap(List::stream)
                .mapToDouble(ms -> Math.max(ms, 1e-3))
                .summaryStatistics();
        if (range.getCount() == 0) {
            return below ? 1 : 10;
        }
        return below
                ? Math.pow(10, Math.floor(Math.log10(range.getMin())))
                : Math.pow(10, Math.floor(Math.log10(range.getMax())) + 1);
    }
}
