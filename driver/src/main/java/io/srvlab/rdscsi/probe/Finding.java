package io.srvlab.rdscsi.probe;

/**
 * A question with its answer, as a report keeps it.
 *
 * @param then what the driver does about it
 */
public record Finding(String id, Weight weight, String belief, String how, Answer answer, String then) {
    static Finding of(Question question, Answer answer) {
        return new Finding(
                question.id(),
                question.weight(),
                question.belief(),
                question.how(),
                answer,
                question.consequence(answer));
    }

    public boolean shown() {
        return answer instanceof Answer.Shown;
    }

    /** What it alone would make of the report. */
    Verdict verdict() {
        return switch (weight) {
            case NEEDED -> shown() ? Verdict.ALL_WELL : Verdict.NOT_SAFE;
            // Nobody asks some questions, which is no news of this appliance.
            case LIMIT -> shown() || answer instanceof Answer.NotAsked ? Verdict.ALL_WELL : Verdict.LIMITS;
            case NOTE -> Verdict.ALL_WELL;
        };
    }
}
