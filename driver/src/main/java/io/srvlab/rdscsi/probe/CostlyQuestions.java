package io.srvlab.rdscsi.probe;

import static io.srvlab.rdscsi.probe.Weight.LIMIT;
import static io.srvlab.rdscsi.probe.Weight.NOTE;

import java.util.List;

/**
 * What a probe does not ask, since it would reboot the appliance, load it, or hang it. The report names these, so that nobody
 * takes them for answered.
 */
final class CostlyQuestions {
    private static final String REBOOT = "it takes a reboot of the appliance, which a probe does not do";

    private CostlyQuestions() {}

    static List<Question> all() {
        return List.of(
                notAsked(
                        "boot-order",
                        LIMIT,
                        "After a reboot the port listens only once all exports are back.",
                        "every volume's node tries on for as long as its ctrl_loss_tmo; refused for good, it must be"
                                + " restarted",
                        REBOOT),
                notAsked(
                        "boot-exports",
                        LIMIT,
                        "Exports, lists and names are the same after a reboot.",
                        "every answer rests on what was read back, after a reboot too",
                        REBOOT),
                notAsked(
                        "boot-ids",
                        LIMIT,
                        "The namespaces' ids are the same after a reboot.",
                        "Linux drops the devices: pods are restarted",
                        REBOOT),
                notAsked(
                        "written-through",
                        LIMIT,
                        "What was set is kept when the power fails right after the answer.",
                        "a record older than the attachment Kubernetes knows is seen, cut and locked",
                        "it takes the appliance's power"),
                notAsked(
                        "cut-drains",
                        LIMIT,
                        "A cut waits for the commands that were accepted before it.",
                        "whoever grants next waits for in-flight 0, or for the settle time",
                        "it takes a backend that is slow on purpose"),
                notAsked(
                        "copies-at-once",
                        NOTE,
                        "Several large copies at once are as fast as one.",
                        "snapshots and clones are not in this version",
                        "it loads the disks of all volumes"),
                notAsked(
                        "boot-first-answer",
                        NOTE,
                        "After a reboot the first command line is answered as fast as the others.",
                        "nothing is decided on what was not answered; the next try finds it awake",
                        REBOOT),
                notAsked(
                        "rest-limit",
                        NOTE,
                        "What a REST request began goes on when the request is ended after 60 s.",
                        "what was not answered is read, never sent again",
                        "it takes a job of more than 60 s"),
                notAsked(
                        "sessions-most",
                        NOTE,
                        "More sessions at once than the driver uses are answered.",
                        "the driver uses no more than it was told",
                        "19 sessions hung an appliance"));
    }

    private static Question notAsked(String id, Weight weight, String belief, String then, String why) {
        return new Question(id, weight, belief, "not asked", then, then, _ -> new Answer.NotAsked(why));
    }
}
