package io.srvlab.rdscsi.metrics;

import io.srvlab.rdscsi.routeros.Reply;

/** How a script ended: a {@link Reply}, and of one that could not be asked also its fate. */
enum ScriptOutcome {
    DONE,
    REFUSED,
    NOT_THERE,
    NOT_ALLOWED,
    FULL,
    BUSY,
    COULD_NOT_ASK_NOT_SENT,
    COULD_NOT_ASK_UNKNOWN;

    static ScriptOutcome of(Reply reply) {
        return switch (reply) {
            case Reply.Done _ -> DONE;
            case Reply.Refused _ -> REFUSED;
            case Reply.NotThere _ -> NOT_THERE;
            case Reply.NotAllowed _ -> NOT_ALLOWED;
            case Reply.Full _ -> FULL;
            case Reply.Busy _ -> BUSY;
            case Reply.CouldNotAsk(var _, var _, var fate) ->
                switch (fate) {
                    case NOT_SENT -> COULD_NOT_ASK_NOT_SENT;
                    case UNKNOWN -> COULD_NOT_ASK_UNKNOWN;
                };
        };
    }

    /** Whether the appliance said something, be it a refusal. */
    boolean answered() {
        return this != COULD_NOT_ASK_NOT_SENT && this != COULD_NOT_ASK_UNKNOWN;
    }
}
