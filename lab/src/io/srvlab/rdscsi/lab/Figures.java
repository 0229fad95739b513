package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Kubelet.EXT4;
import static io.srvlab.rdscsi.lab.Promises.expect;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What the plugin costs beside the same steps in a shell script: connect, mkfs, mount, and the way back, by turns. Prints medians;
 * how fast an emulated machine is says nothing, how the two compare does.
 */
final class Figures {
    private static final long MIB = 1 << 20;
    private static final int ROUNDS = 7;
    private static final Path PLACE = Path.of("/var/lib/kubelet/staging/by-hand");
    private static final Path SCRIPT = Path.of("/tmp/by-hand.sh");
    private static final String STEPS = """
            set -e
            device() {
              for subsystem in /sys/class/nvme-subsystem/*; do
                read -r name <"$subsystem/subsysnqn"
                [ "$name" = "$nqn" ] || continue
                for disk in "$subsystem"/nvme*n1; do
                  [ ! -b "/dev/${disk##*/}" ] || { device=/dev/${disk##*/}; return 0; }
                done
              done
              return 1
            }
            connect() {
              printf %s "$options" >/dev/nvme-fabrics
              until device; do sleep 0.01; done
            }
            leave() {
              umount "$place"
              device
              blockdev --flushbufs "$device" 2>/dev/null || true
              for controller in /sys/class/nvme/*; do
                read -r name <"$controller/subsysnqn"
                [ "$name" != "$nqn" ] || echo 1 >"$controller/delete_controller"
              done
              while device; do sleep 0.01; done
            }
            case $1 in
              new) connect; UNIX_IO_NOZEROOUT=1 mkfs.ext4 -q -m 0 -E nodiscard -L by-hand "$device"; mkdir -p "$place"; mount "$device" "$place" ;;
              old) connect; mount "$device" "$place" ;;
              away) leave ;;
            esac
            """;

    private final Promises promises;
    private final Plugin plugin;
    private final Target target = new Target();

    private Figures(Promises promises, Plugin plugin) throws IOException {
        this.promises = promises;
        this.plugin = plugin;
    }

    public static void main(String[] args) throws Exception {
        var promises = new Promises();
        try (var plugin = new Plugin()) {
            new Figures(promises, plugin).play();
        }
        System.exit(promises.status());
    }

    private void play() throws Exception {
        Files.writeString(SCRIPT, STEPS);
        var other = Claim.make("other", 9); // keeps the port open
        target.export(other.subsystem(), other.hostNqn(), Target.backing("other", 16 * MIB));
        promises.hold("plugin and script do the same steps by turns", this::compare);
        promises.hold("a volume that is cut is an error to the pod that writes", this::cut);
    }

    /** Milliseconds of a step, one a round. */
    private record Series(String step, List<Double> ours, List<Double> byHand) {
        Series(String step) {
            this(step, new ArrayList<>(), new ArrayList<>());
        }

        void print() {
            System.out.printf(
                    "figure %-32s %6.0f ms, by hand %6.0f ms: %.2f times%n",
                    step, median(ours), median(byHand), median(ours) / median(byHand));
        }
    }

    private interface Deed {
        void run() throws Exception;
    }

    private static double time(Deed deed) throws Exception {
        var began = System.nanoTime();
        deed.run();
        return (System.nanoTime() - began) / 1e6;
    }

    static double median(List<Double> times) {
        var counted = new ArrayList<>(times.subList(1, times.size())); // the first warms up
        Collections.sort(counted);
        return counted.get(counted.size() / 2);
    }

    private void compare() throws Exception {
        var fresh = new Series("stage of a new ext4 volume");
        var again = new Series("stage of an existing one");
        var away = new Series("unstage");
        for (var round = 0; round < ROUNDS; round++) {
            ours(round, fresh, again, away);
            byHand(round, fresh, again, away);
        }
        for (var series : List.of(fresh, again, away)) series.print();
    }

    private void ours(int round, Series fresh, Series again, Series away) throws Exception {
        var slot = "ours-" + round;
        var file = Target.backing(slot, 256 * MIB);
        var kubelet = new Kubelet(plugin, slot, Map.of());
        for (var sequence = 1; sequence <= 2; sequence++) {
            var claim = Claim.make(slot, sequence);
            target.export(claim.subsystem(), claim.hostNqn(), file);
            (sequence == 1 ? fresh : again).ours.add(time(() -> kubelet.stage(claim, EXT4)));
            var unstage = time(kubelet::unstage);
            if (sequence == 2) away.ours.add(unstage);
            target.unexport(claim.subsystem());
        }
        Files.delete(file);
    }

    private void byHand(int round, Series fresh, Series again, Series away) throws Exception {
        var slot = "hand-" + round;
        var file = Target.backing(slot, 256 * MIB);
        for (var sequence = 1; sequence <= 2; sequence++) {
            var claim = Claim.make(slot, sequence);
            target.export(claim.subsystem(), claim.hostNqn(), file);
            var step = sequence == 1 ? "new" : "old";
            (sequence == 1 ? fresh : again).byHand.add(time(() -> script(step, claim)));
            var unstage = time(() -> script("away", claim));
            if (sequence == 2) away.byHand.add(unstage);
            target.unexport(claim.subsystem());
        }
        Files.delete(file);
    }

    private static void script(String step, Claim claim) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("bash", SCRIPT.toString(), step).inheritIO();
        builder.environment().put("nqn", claim.subsystem().text());
        builder.environment().put("place", PLACE.toString());
        builder.environment()
                .put(
                        "options",
                        String.join(
                                ",",
                                "transport=tcp",
                                "traddr=" + Target.ADDRESS,
                                "trsvcid=" + Target.PORT,
                                "nqn=" + claim.subsystem(),
                                "hostnqn=" + claim.hostNqn(),
                                "hostid=" + claim.host(),
                                "nr_io_queues=2"));
        var status = builder.start().waitFor();
        expect(status == 0, step + " by hand ended with " + status);
    }

    private void cut() throws Exception {
        var times = new ArrayList<Double>();
        for (var round = 0; round < ROUNDS; round++) {
            var slot = "cut-" + round;
            var claim = Claim.make(slot, 1);
            var kubelet = new Kubelet(plugin, slot, Map.of("reconnectDelay", "1"));
            target.export(claim.subsystem(), claim.hostNqn(), Target.backing(slot, 64 * MIB));
            kubelet.stage(claim, EXT4);
            kubelet.publish(claim, EXT4);
            times.add(untilError(kubelet.target().resolve("bytes"), claim));
            kubelet.unpublish();
            kubelet.unstage();
        }
        System.out.printf("figure cut to the first I/O error, reconnectDelay 1 s: %.0f ms%n", median(times));
    }

    /** From the cut to the first write that fails; a pod that writes and syncs all the time. */
    private double untilError(Path file, Claim claim) throws Exception {
        var began = 0L;
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.write(new byte[4096]);
            open.getFD().sync();
            began = System.nanoTime();
            target.unexport(claim.subsystem());
            while (true) {
                open.write(new byte[4096]);
                open.getFD().sync();
            }
        } catch (IOException e) {
            expect(began > 0, "it failed before it was cut: " + e);
            return (System.nanoTime() - began) / 1e6;
        }
    }
}
