package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.console.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /system}, as far as it has commands of its own: {@code reboot}. */
record PowerMenu(Runnable reboot) implements ReadOnlyMenu {
    @Override
    public List<Property> properties() {
        return List.of();
    }

    @Override
    public List<Item> items() {
        return List.of();
    }

    @Override
    public boolean single() {
        return true;
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
