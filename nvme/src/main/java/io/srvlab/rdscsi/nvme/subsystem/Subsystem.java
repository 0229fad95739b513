package io.srvlab.rdscsi.nvme.subsystem;

import io.srvlab.rdscsi.nvme.wire.NamespaceIdentity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An export as it is served: who may come, who is there, and how many commands are at it. */
final class Subsystem {
    static final int NAMESPACE = 1;
    static final int BLOCK_SHIFT = 12;

    private final Export export;
    private final Set<TargetController> controllers = new HashSet<>();
    private Set<String> hosts;
    private boolean cut;
    private boolean retired;
    private int running;

    Subsystem(Export export) {
        this.export = export;
        this.hosts = export.hosts();
    }

    String nqn() {
        return export.subsystem();
    }

    UUID id() {
        return export.id();
    }

    Backing backing() {
        return export.backing();
    }

    Traffic traffic() {
        return export.traffic();
    }

    long blocks() throws IOException {
        return backing().bytes() >> BLOCK_SHIFT;
    }

    NamespaceIdentity namespace() throws IOException {
        return new NamespaceIdentity(blocks(), BLOCK_SHIFT, export.id());
    }

    synchronized void allow(Set<String> hosts) {
        this.hosts = Set.copyOf(hosts);
    }

    /** No hosts on the list: any host. */
    synchronized boolean allows(String host) {
        return hosts.isEmpty() || hosts.contains(host);
    }

    /** False if it was taken off the network meanwhile. */
    synchronized boolean enter(TargetController controller) {
        boolean open = !cut && !retired;
        if (open) controllers.add(controller);
        return open;
    }

    void leave(TargetController controller) throws IOException {
        boolean last;
        synchronized (this) {
            controllers.remove(controller);
            last = retired && !cut && controllers.isEmpty();
        }
        if (last) cut();
    }

    /** Ends with its last session. */
    void retire() throws IOException {
        boolean last;
        synchronized (this) {
            retired = true;
            last = controllers.isEmpty();
        }
        if (last) cut();
    }

    synchronized @Nullable TargetController controller(int id) {
        for (var controller : controllers) if (controller.id() == id) return controller;
        return null;
    }

    synchronized List<TargetController> controllers() {
        return List.copyOf(controllers);
    }

    /** Takes it off the network: every connection is closed when this returns, and no further command begins. */
    void cut() throws IOException {
        List<TargetController> there;
        boolean idle;
        synchronized (this) {
            cut = true;
            there = new ArrayList<>(controllers);
            idle = running == 0;
        }
        there.forEach(TargetController::close);
        if (idle) backing().close();
    }

    /** Has a command begin; false if the subsystem is cut, and then it must not. */
    synchronized boolean begin() {
        if (cut) return false;
        running++;
        traffic().begin();
        return true;
    }

    void end() throws IOException {
        boolean last;
        synchronized (this) {
            running--;
            last = cut && running == 0;
        }
        traffic().end();
        if (last) backing().close();
    }
}
