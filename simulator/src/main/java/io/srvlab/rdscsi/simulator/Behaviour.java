package io.srvlab.rdscsi.simulator;

import io.srvlab.rdscsi.simulator.personality.Personality;
import io.srvlab.rdscsi.simulator.personality.Rule;
import io.srvlab.rdscsi.simulator.personality.RuleLine;
import io.srvlab.rdscsi.simulator.personality.Traits;
import io.srvlab.rdscsi.simulator.personality.When;
import java.util.ArrayList;
import java.util.List;

/**
 * How an appliance behaves otherwise: what it is like, and what goes wrong with its command lines.
 *
 * @param personalities each holds always, unless its rule says otherwise
 * @param faults each comes once, unless its rule says otherwise
 */
public record Behaviour(List<Rule<Personality>> personalities, List<Rule<Fault>> faults) {
    /** As the simulator is by itself. */
    public static final Behaviour STANDARD = new Behaviour(List.of(), List.of());

    public Behaviour {
        personalities = List.copyOf(personalities);
        faults = List.copyOf(faults);
    }

    /**
     * Reads a faults file: a rule a line (see {@link RuleLine}); empty lines and those that begin with {@code #} say nothing.
     *
     * @throws IllegalArgumentException a line is not understood; the message names it
     */
    public static Behaviour parse(String text) {
        var personalities = new ArrayList<Rule<Personality>>();
        var faults = new ArrayList<Rule<Fault>>();
        int number = 0;
        for (var line : text.lines().toList()) {
            number++;
            if (line.isBlank() || line.strip().startsWith("#")) continue;
            try {
                var said = RuleLine.parse(line);
                var personality = Traits.parse(said.name(), said.argument());
                if (personality.isPresent()) {
                    personalities.add(new Rule<>(personality.get(), said.where(), said.when(When.ALWAYS)));
                } else {
                    var fault = Fault.parse((said.name() + " " + said.argument()).strip());
                    faults.add(new Rule<>(fault, said.where(), said.when(When.ONCE)));
                }
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
            }
        }
        return new Behaviour(personalities, faults);
    }
}
