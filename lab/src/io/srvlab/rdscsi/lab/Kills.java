package io.srvlab.rdscsi.lab;

import static io.srvlab.rdscsi.lab.Kubelet.EXT4;
import static io.srvlab.rdscsi.lab.Promises.expect;
import static io.srvlab.rdscsi.lab.Promises.same;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The plugin's end (kill -9) may come at any moment of a stage; what counts is that the next one makes the same of it. */
final class Kills {
    private static final int KILLS = 5;
    private static final int ASKED_MAX = 5;
    private static final long BYTES = 64 << 20;

    private final Promises promises;
    private final Plugin plugin;
    private final Target target;

    Kills(Promises promises, Plugin plugin, Target target) {
        this.promises = promises;
        this.plugin = plugin;
        this.target = target;
    }

    void play() throws Exception {
        undisturbed("warm-up", 1);
        allAlong("a plugin killed (-9) anywhere in a volume's first stage, mkfs and all, is followed by one that ends it", 1);
        allAlong("and so is one killed anywhere in a later stage; the bytes are there", 2);
    }

    /** Volumes of their own, each with a kill a little later than the one before, up to the end of a stage. */
    private void allAlong(String promise, int sequence) throws Exception {
        var takes = undisturbed("calm", sequence);
        promises.hold(promise, () -> {
            var inTheMiddle = 0;
            for (var i = 0; i < KILLS; i++) {
                if (killed("killed-" + i, sequence, takes * i / KILLS)) inTheMiddle++;
            }
            System.out.println("                 a stage takes " + takes + " ms; of " + KILLS + " kills " + inTheMiddle
                    + " came before it had ended");
            expect(inTheMiddle > KILLS / 2, "the kills came too late");
        });
    }

    /** Milliseconds of a stage. */
    private long undisturbed(String slot, int sequence) throws Exception {
        var claim = exported(slot, sequence);
        var kubelet = new Kubelet(plugin, slot, Map.of());
        var began = System.nanoTime();
        kubelet.stage(claim, EXT4);
        var millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        kubelet.unstage();
        target.unexport(claim.subsystem());
        return millis;
    }

    /** Returns whether the plugin's end came before the call's. */
    private boolean killed(String slot, int sequence, long afterMillis) throws Exception {
        var claim = exported(slot, sequence);
        var kubelet = new Kubelet(plugin, slot, Map.of());
        var staged = CompletableFuture.supplyAsync(() -> granted(kubelet, claim));
        Thread.sleep(afterMillis);
        plugin.killAndStart();
        askAgain(kubelet, claim);
        kubelet.publish(claim, EXT4);
        var bytes = kubelet.target().resolve("bytes");
        if (sequence == 1) Files.writeString(bytes, slot);
        else same(slot, Files.readString(bytes));
        kubelet.unpublish();
        kubelet.unstage();
        new Node(slot).nothingLeft(kubelet);
        target.unexport(claim.subsystem());
        return !staged.get();
    }

    private Claim exported(String slot, int sequence) throws IOException, InterruptedException {
        var claim = Claim.make(slot, sequence);
        target.export(claim.subsystem(), claim.hostNqn(), Target.backing(slot, BYTES));
        return claim;
    }

    private static boolean granted(Kubelet kubelet, Claim claim) {
        try {
            kubelet.stage(claim, EXT4);
            return true;
        } catch (StatusRuntimeException _) {
            return false;
        }
    }

    /** As kubelet does: a mkfs that has outlived its plugin is waited for by saying no. */
    private static void askAgain(Kubelet kubelet, Claim claim) {
        for (var asked = 1; ; asked++) {
            try {
                kubelet.stage(claim, EXT4);
                return;
            } catch (StatusRuntimeException e) {
                if (asked == ASKED_MAX) throw e;
                System.out.println("                 asked again, since: " + e.getMessage());
            }
        }
    }
}
