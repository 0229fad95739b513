package io.srvlab.rdscsi.routeros;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Where a host is. */
final class Host {
    private static final Duration ATTEMPT_MAX = Duration.ofSeconds(15);

    private Host() {}

    /** A name's address; the resolver knows no deadline, so it is left behind when ours has passed. An address is itself. */
    static InetAddress resolve(String name, Patience patience) throws NotSent, InterruptedException {
        try {
            return InetAddress.ofLiteral(name);
        } catch (IllegalArgumentException notAnAddress) {
            return ask(name, patience);
        }
    }

    private static InetAddress ask(String name, Patience patience) throws NotSent, InterruptedException {
        var answer = new FutureTask<>(() -> InetAddress.getByName(name));
        Thread.ofVirtual().name("resolve " + name).start(answer);
        try {
            return answer.get(patience.left(ATTEMPT_MAX).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new NotSent(
                    "the name %s was not resolved within %s: check the cluster's DNS, or use an address"
                            .formatted(name, patience.spent()),
                    e);
        } catch (ExecutionException e) {
            throw new NotSent("the name %s cannot be resolved: check the address".formatted(name), e);
        }
    }
}
