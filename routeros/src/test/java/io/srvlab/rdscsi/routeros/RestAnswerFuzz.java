package io.srvlab.rdscsi.routeros;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.TreeSet;

/** What an HTTP service may answer, with any status: some reply comes of it, and "done" only where the mark is. */
public final class RestAnswerFuzz {
    static final String MARK = "rds-csi-end-0123456789abcdef";
    private static final int[] STATUSES = {200, 201, 204, 301, 400, 401, 404, 500, 503};

    private RestAnswerFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) return;
        var answer = new RestAnswer("u", Path.of("/p"), "rest u@h:443", new Rights(new TreeSet<>(), ""));
        var body = new String(data, 1, data.length - 1, UTF_8);
        var reply = answer.read(STATUSES[Math.floorMod(data[0], STATUSES.length)], body, MARK);
        if (reply instanceof Reply.Done && Math.floorMod(data[0], STATUSES.length) != 0) {
            throw new AssertionError("done with another status than 200: " + reply);
        }
    }
}
