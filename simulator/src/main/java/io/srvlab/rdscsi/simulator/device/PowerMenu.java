package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.console.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /system}, as far as it has commands of its own: {@code reboot}. */
record PowerMenu(Runnable reboot) implements Menu {
    @Override
    public List<Property> properties() {
        return List.of();
    }

    @Override
    public List<Item> items() {
        return List.of();
    }

    @Override
    public String flagsTitle() {
        return "";
    }

    @Override
    public boolean single() {
        return true;
    }

    @Override
    public Value.Id add(Map<String, Value> given) throws ConsoleError {
        throw Refusal.of(Refusal.FIXED);
    }

    @Override
    public void set(Value.Id item, Map<String, Value> given) throws ConsoleError {
        throw Refusal.of(Refusal.FIXED);
    }

    @Override
    public void remove(Value.Id item) throws ConsoleError {
        throw Refusal.of(Refusal.NOT_REMOVABLE);
    }

    @Override
    public Map<String, Verb> verbs() {
        return Map.of("reboot", new Verb() {
            @Override
            public String run(@Nullable Item on, Map<String, Value> given) throws ConsoleError {
                if (!given.isEmpty()) throw new ConsoleError("expected end of command");
                reboot.run();
                return "";
            }

            @Override
            public Set<Policy> toRun() {
                return Set.of(Policy.REBOOT);
            }

            @Override
            public boolean namesItem() {
                return false;
            }
        });
    }
}
