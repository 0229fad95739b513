package io.srvlab.rdscsi.simulator.console;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables of a block, and those of the blocks around it. */
final class Scope {
    /** Where a variable's value is kept; a global one is in several scopes. */
    static final class Cell {
        private Value value = Values.NOTHING;

        Value value() {
            return value;
        }

        void set(Value value) {
            this.value = value;
        }
    }

    private final @Nullable Scope outer;
    private final Map<String, Cell> cells = new HashMap<>();

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    Cell declare(String name, Cell cell) {
        cells.put(name, cell);
        return cell;
    }

    /** The variable in sight. A declaration that was not run leaves a name without one: that is an empty one. */
    Cell find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Cell cell = scope.cells.get(name);
            if (cell != null) return cell;
        }
        return declare(name, new Cell());
    }
}
