package io.srvlab.rdscsi.node;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.StringReference;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.VMStartException;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.VMDeathEvent;
import com.sun.jdi.event.VMDisconnectEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Runs a Java program and kills it (SIGKILL) right before one of the steps by which it changes the machine: a debugger stops
 * it there, on any thread that works on a volume.
 */
final class Killed {
    /** What changes something, by class; of {@code ioctl} the requests below. */
    private static final Map<String, Set<String>> CHANGES = Map.of(
            "io.srvlab.rdscsi.node.linux.Libc",
            Set.of("mount", "umount2", "moveMount", "mountSetattr", "mknod", "pwrite", "fsync", "ioctl"),
            "java.nio.file.Files",
            Set.of("createDirectory", "createFile", "delete", "deleteIfExists", "move", "write"),
            "java.lang.ProcessBuilder",
            Set.of("start"));

    private static final Set<String> REQUESTS = Set.of("LOOP_CONFIGURE", "LOOP_CLR_FD", "BLKROSET");

    private Killed() {}

    /**
     * What became of a run.
     *
     * @param before the change that it was not let make; empty if it made all of them and ended by itself
     * @param said the lines that it had printed
     */
    record Run(String before, List<String> said) {}

    /** Runs {@code main} and kills it before its {@code nth} change, the first being 1. */
    static Run before(int nth, String main) throws Exception {
        var vm = launched(main);
        try {
            var stopped = watch(vm, nth);
            if (!stopped.isEmpty()) vm.process().toHandle().destroyForcibly(); // leaves its output to be read
            var said = new String(vm.process().getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            var error = new String(vm.process().getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (stopped.isEmpty() && vm.process().waitFor() != 0) throw new AssertionError(error);
            vm.process().waitFor();
            return new Run(stopped, said.lines().toList());
        } finally {
            vm.process().destroyForcibly();
        }
    }

    private static VirtualMachine launched(String main)
            throws IOException, IllegalConnectorArgumentsException, VMStartException {
        var connector = Bootstrap.virtualMachineManager().defaultConnector();
        var arguments = connector.defaultArguments();
        var classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Objects.requireNonNull(arguments.get("main")).setValue(main);
        Objects.requireNonNull(arguments.get("options"))
                .setValue("-XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp " + classes);
        return connector.launch(arguments);
    }

    /** Returns the change that came {@code nth}, with everything stopped before it; empty if none did. */
    private static String watch(VirtualMachine vm, int nth) throws Exception {
        for (var name : CHANGES.keySet()) {
            vm.classesByName(name).forEach(Killed::stopAtChanges);
            var prepared = vm.eventRequestManager().createClassPrepareRequest();
            prepared.addClassFilter(name);
            prepared.enable();
        }
        var seen = 0;
        try {
            while (true) {
                var events = vm.eventQueue().remove();
                for (var event : events) {
                    switch (event) {
                        case ClassPrepareEvent prepared -> stopAtChanges(prepared.referenceType());
                        case BreakpointEvent at
                        when changes(at) -> {
                            if (++seen == nth) return at.location().method().name() + " " + detail(at.thread());
                        }
                        case VMDeathEvent _, VMDisconnectEvent _ -> {
                            return "";
                        }
                        default -> {}
                    }
                }
                events.resume();
            }
        } catch (VMDisconnectedException e) {
            return "";
        }
    }

    private static void stopAtChanges(ReferenceType type) {
        var names = CHANGES.get(type.name());
        for (var method : type.methods()) {
            if (names == null || !names.contains(method.name()) || method.location() == null) continue;
            type.virtualMachine()
                    .eventRequestManager()
                    .createBreakpointRequest(method.location())
                    .enable();
        }
    }

    private static boolean changes(BreakpointEvent at) throws IncompatibleThreadStateException {
        if (!at.thread().name().startsWith("volume ")) return false;
        var method = at.location().method();
        return !method.name().equals("ioctl") || REQUESTS.contains(detail(at.thread()));
    }

    /** The first argument, if that is text. */
    private static String detail(ThreadReference thread) throws IncompatibleThreadStateException {
        var arguments = thread.frame(0).getArgumentValues();
        return !arguments.isEmpty() && arguments.getFirst() instanceof StringReference text ? text.value() : "";
    }
}
