package io.srvlab.rdscsi.cluster.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** How one request to the API server ended. */
sealed interface Reply {
    /** Success, with the object that was asked for. */
    record Found(JsonNode object) implements Reply {}

    /** The API server itself says that there is no such object. */
    record NotFound() implements Reply {}

    /**
     * All else: refused, not answered in time, or answered by something that cannot be told to be the API server. The object
     * may be there or not; a write may have happened or not.
     *
     * @param status the HTTP status; 0 if there was none
     * @param retryAfter how long the server asks to be left alone; zero if it does not
     */
    record Failed(int status, Duration retryAfter, String why) implements Reply {
        static Failed silent(String why) {
            return new Failed(0, Duration.ZERO, why);
        }

        /** Somebody else has written the object since it was read, or has made it first. */
        boolean conflict() {
            return status == 409;
        }

        /** The same request may succeed a little later. */
        boolean passing() {
            return status == 0 || status == 429 || status >= 500;
        }
    }
}
