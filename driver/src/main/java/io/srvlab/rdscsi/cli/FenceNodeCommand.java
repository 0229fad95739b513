package io.srvlab.rdscsi.cli;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Deadline;
import io.srvlab.rdscsi.appliance.Appliance;
import io.srvlab.rdscsi.fencing.Operator;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.Problem;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "fence",
        description =
                "Takes every volume from a node, at once, from the appliance alone. What the node had not yet written"
                        + " is lost.",
        mixinStandardHelpOptions = true)
final class FenceNodeCommand implements Callable<Integer> {
    private static final long ANSWER_SECONDS = 300;

    @Mixin
    ApplianceOptions appliance;

    @Parameters(
            paramLabel = "NAME",
            converter = Converters.ToNodeName.class,
            description = "The node, as Kubernetes names it.")
    NodeName node;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        try (var routerOs = appliance.open()) {
            var fenced = new Operator(new Appliance(routerOs)).fence(node, Deadline.after(ANSWER_SECONDS, SECONDS));
            var out = spec.commandLine().getOut();
            if (fenced.isEmpty()) out.println("node " + node + " holds no volume");
            fenced.forEach(each -> out.printf(
                    "%-32s %s%n",
                    each.volume(), each.failure().map(Problem::sentence).orElse("taken from " + node)));
            return fenced.stream().allMatch(each -> each.failure().isEmpty()) ? 0 : 1;
        }
    }
}
