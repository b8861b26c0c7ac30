package dev.mortar.order;

/**
 * A cell of 0.05 by 0.05 degrees. It stands for the place of a shopper, so that no event names the place itself.
 *
 * @param latitude of its centre, in hundredths of a degree
 * @param longitude of its centre, in hundredths of a degree
 */
record Cell(int latitude, int longitude) {

    private static final int SIZE = 5;
    private static final int PER_DEGREE = 100;

    /** The cell with the nearest centre. */
    static Cell around(double latitude, double longitude) {
        return new Cell(nearest(latitude), nearest(longitude));
    }

    private static int nearest(double degrees) {
        return (int) Math.round(degrees * PER_DEGREE / SIZE) * SIZE;
    }

    double latitudeDegrees() {
        return (double) latitude / PER_DEGREE;
    }

    double longitudeDegrees() {
        return (double) longitude / PER_DEGREE;
    }
}
