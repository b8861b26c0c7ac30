package dev.mortar.inventory;

import dev.mortar.values.Unit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The quantities of one SKU at a location, one position per unit. The location keeps the SKU in the unit of the first
 * position: only that unit can be ordered, held and transferred. Goods that arrive or leave in another unit get a
 * position of their own, until a count or an adjustment corrects it.
 */
record Positions(List<Position> positions) {

    static final Positions NONE = new Positions(List.of());

    /** The quantities in one unit. */
    record Position(Unit unit, Quantities quantities) {}

    /** The position in the unit that the location keeps the SKU in; EACH when there is no position. */
    Position kept() {
        return positions.isEmpty() ? new Position(Unit.EACH, Quantities.NONE) : positions.getFirst();
    }

    /** True when the location keeps the SKU in this unit, or has no unit for it yet. */
    boolean keeps(Unit unit) {
        return positions.isEmpty() || kept().unit() == unit;
    }

    /** The quantities in a unit; all 0 when it has no position. */
    Quantities in(Unit unit) {
        Position position = find(unit);
        return position == null ? Quantities.NONE : position.quantities();
    }

    boolean has(Unit unit) {
        return find(unit) != null;
    }

    /** The positions in other units that are not all 0. */
    List<Position> others() {
        return positions.stream()
                .skip(1)
                .filter(position -> !position.quantities().equals(Quantities.NONE))
                .toList();
    }

    /**
     * The positions after an event changed one of them.
     *
     * @param decidesUnit true for a receipt or a count: it changes the unit that the location keeps the SKU in, if
     *     there are goods in the new unit and none in the old one
     */
    Positions with(Unit unit, Quantities after, boolean decidesUnit) {
        Position changed = new Position(unit, after);
        boolean first = decidesUnit && after.onHand() > 0 && kept().quantities().equals(Quantities.NONE);
        List<Position> positions = new ArrayList<>(this.positions);
        int at = positions.indexOf(find(unit));
        if (first) {
            if (at >= 0) {
                positions.remove(at);
            }
            positions.addFirst(changed);
        } else if (at >= 0) {
            positions.set(at, changed);
        } else {
            positions.add(changed);
        }
        return new Positions(List.copyOf(positions));
    }

    private @Nullable Position find(Unit unit) {
        for (Position position : positions) {
            if (position.unit() == unit) {
                return position;
            }
        }
        return null;
    }
}
