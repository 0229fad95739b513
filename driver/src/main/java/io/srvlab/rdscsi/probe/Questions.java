package io.srvlab.rdscsi.probe;

import java.util.List;
import java.util.stream.Stream;

/** All questions, in the order in which they are put. */
public final class Questions {
    private Questions() {}

    public static List<Question> all() {
        return Stream.of(
                        ConsoleQuestions.all(),
                        DiskQuestions.all(),
                        DoorQuestions.all(),
                        BlockQuestions.all(),
                        CopyQuestions.all(),
                        ConsoleQuestions.ofSeveralSessions(),
                        CostlyQuestions.all())
                .flatMap(List::stream)
                .toList();
    }
}
