package io.srvlab.rdscsi.probe;

import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.routeros.Command;
import io.srvlab.rdscsi.routeros.RouterOs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Puts all questions to one appliance, one after another, each on scratch items of its own. */
public final class Probe {
    private static final String RESOURCE = "/system/resource";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Scratch scratch;
    private final String driver;
    private final List<Question> questions;

    /**
     * A probe of one appliance; nothing is sent yet.
     *
     * @param base under which the scratch directory is made
     * @param portal where NVMe/TCP is served
     * @param driver version of this program
     */
    public Probe(RouterOs routerOs, BasePath base, InetSocketAddress portal, Crowd crowd, String driver) {
        this(new Scratch(routerOs, base, new Portal(portal), crowd, PATIENCE), driver, Questions.all());
    }

    /** A probe that asks these only. */
    Probe(Scratch scratch, String driver, List<Question> questions) {
        this.scratch = scratch;
        this.driver = driver;
        this.questions = questions;
    }

    /**
     * What is about to be done, for whoever has to agree to it; it reads and changes nothing.
     *
     * @throws NotStarted the appliance could not be asked
     */
    public List<String> plan() throws NotStarted {
        try {
            var lines = new ArrayList<String>();
            lines.add("on: " + board() + ", RouterOS " + resource("version"));
            lines.add("make: the directory " + scratch.directory() + " and, one after another, disk items rdsprobe-…"
                    + " with files in it, 1 to 32 MiB each, at most three at a time");
            lines.add("export them at " + scratch.portal().address()
                    + " to made-up hosts, connect as those, write to them, cut them");
            lines.add("touch: nothing else; remove all of it again");
            for (var line : scratch.leftovers().lines()) lines.add("remove first, left by an earlier probe: " + line);
            return lines;
        } catch (Unanswered e) {
            throw new NotStarted(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Asks everything. What was made is removed, also after a failure; what would not go is in the report.
     *
     * @param progress hears of each finding, with how many are still to come
     * @throws NotStarted the scratch directory could not be had, an earlier probe's items would not go, or the appliance
     *     was rebooted meanwhile, which spoils all answers
     */
    public Report run(BiConsumer<Finding, Integer> progress) throws NotStarted, InterruptedException {
        try {
            var earlier = scratch.remove(scratch.leftovers());
            if (!earlier.none()) throw new Unanswered("what an earlier probe left does not go: " + earlier.lines());
            scratch.begin();
            var version = resource("version");
            var board = board();
            long up = uptime();
            var findings = new ArrayList<Finding>();
            List<String> left;
            try {
                ask(findings, progress);
            } finally {
                left = removed();
            }
            if (rebootedSince(up)) throw new Unanswered("the appliance was rebooted during the probe: ask again");
            return new Report(Instant.now(), driver, version, board, findings, left);
        } catch (Unanswered e) {
            throw new NotStarted(String.valueOf(e.getMessage()));
        }
    }

    private void ask(List<Finding> findings, BiConsumer<Finding, Integer> progress) throws InterruptedException {
        var silentSince = "";
        for (var question : questions) {
            Answer answer;
            if (silentSince.isEmpty()) {
                answer = answer(question);
                if (!tidied()) silentSince = question.id();
            } else {
                answer = new Answer.CouldNotAsk("the appliance has not answered since the question " + silentSince);
            }
            var finding = Finding.of(question, answer);
            findings.add(finding);
            progress.accept(finding, questions.size() - findings.size());
        }
    }

    private Answer answer(Question question) throws InterruptedException {
        try {
            return question.asking().ask(scratch);
        } catch (Unanswered | IOException e) {
            return new Answer.CouldNotAsk(String.valueOf(e.getMessage()));
        }
    }

    /** Removes what the last question made; false if the appliance did not answer, and will not answer the next one. */
    private boolean tidied() {
        try {
            scratch.tidy();
            return true;
        } catch (Unanswered e) {
            return false;
        }
    }

    private List<String> removed() {
        try {
            return scratch.remove(scratch.leftovers()).lines();
        } catch (Unanswered e) {
            return List.of("not known, the appliance could not be asked: " + e.getMessage());
        }
    }

    /** An appliance that has fallen silent is no reason to throw away what it has said before. */
    private boolean rebootedSince(long up) {
        try {
            return uptime() < up;
        } catch (Unanswered e) {
            return false;
        }
    }

    private String resource(String property) throws Unanswered {
        return scratch.run(Command.get(RESOURCE, property)).getLast();
    }

    private String board() throws Unanswered {
        return resource("board-name") + " " + resource("architecture-name");
    }

    private long uptime() throws Unanswered {
        return Uptime.seconds(resource("uptime"));
    }

    /** The probe as a whole came to nothing; the message says why. */
    public static final class NotStarted extends Exception {
        private static final long serialVersionUID = 1L;

        NotStarted(String why) {
            super(why);
        }
    }
}
