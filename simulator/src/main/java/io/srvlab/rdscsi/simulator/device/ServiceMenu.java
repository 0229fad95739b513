package io.srvlab.rdscsi.simulator.device;

import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/** {@code /ip/service}: the ways in, and how many sessions each takes. */
public final class ServiceMenu {
    private ServiceMenu() {}

    /** The menu of these services; a port is 0 while there is no such service. */
    public static Menu of(IntSupplier sshPort, IntSupplier restPort, int sessionsMax) {
        return FixedMenu.asked(() ->
                List.of(row("ssh", sshPort.getAsInt(), sessionsMax), row("www-ssl", restPort.getAsInt(), sessionsMax)));
    }

    private static Map<String, Value> row(String name, int port, int sessionsMax) {
        var row = new LinkedHashMap<String, Value>();
        row.put("name", new Value.Text(name));
        row.put("port", new Value.Num(port));
        row.put("disabled", new Value.Bool(port == 0));
        row.put("max-sessions", new Value.Num(sessionsMax));
        return row;
    }
}
