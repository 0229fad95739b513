package io.srvlab.rdscsi.probe;

/**
 * One belief about the appliance, and how it is put to it.
 *
 * @param id stable: reports and metrics name it
 * @param belief a sentence that is so or not
 * @param how what is done to find out
 * @param ifSo what the driver does where it is so
 * @param ifNot what it does, or cannot do, where it is not, and where nobody knows
 */
public record Question(String id, Weight weight, String belief, String how, String ifSo, String ifNot, Asking asking) {
    /** Puts the question, on scratch items of its own. */
    @FunctionalInterface
    interface Asking {
        Answer ask(Scratch scratch) throws Unanswered, java.io.IOException, InterruptedException;
    }

    /** What the driver will do about {@code answer}. */
    String consequence(Answer answer) {
        return switch (answer) {
            case Answer.Shown _ -> ifSo;
            case Answer.Refuted _ -> ifNot;
            case Answer.NotAsked _, Answer.CouldNotAsk _ -> weight == Weight.NOTE ? ifSo : "taken for not so: " + ifNot;
        };
    }
}
