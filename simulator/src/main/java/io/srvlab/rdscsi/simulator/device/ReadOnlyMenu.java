package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Value;
import java.util.Map;

/** A menu whose items nobody makes, changes or removes. */
interface ReadOnlyMenu extends Menu {
    @Override
    default Value.Id add(Map<String, Value> given) throws ConsoleError {
        throw Refusal.of(Refusal.FIXED);
    }

    @Override
    default void set(Value.Id item, Map<String, Value> given) throws ConsoleError {
        throw Refusal.of(Refusal.FIXED);
    }

    @Override
    default void remove(Value.Id item) throws ConsoleError {
        throw Refusal.of(Refusal.NOT_REMOVABLE);
    }
}
