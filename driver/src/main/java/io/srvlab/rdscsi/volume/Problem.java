package io.srvlab.rdscsi.volume;

/**
 * Everything that an RPC can refuse or fail with. Each sentence names volume and node where there is one, says what
 * happened, and what to do next. The server gives each its gRPC code, in one place.
 */
public sealed interface Problem permits Problem.Malformed, Problem.NoSuchVolume, Problem.Busy, NodeProblem {

    /** What happened and what to do, in whole sentences. */
    String sentence();

    /** The request itself is wrong; {@code field} is its CSI name. */
    record Malformed(String field, String why) implements Problem {
        @Override
        public String sentence() {
            return field + ": " + why;
        }
    }

    /** The appliance was asked and has no such volume. */
    record NoSuchVolume(String volume) implements Problem {
        @Override
        public String sentence() {
            return "Volume '" + volume + "' does not exist on the appliance.";
        }
    }

    /** Another operation on the same volume did not end before this call's deadline. */
    record Busy(VolumeId volume) implements Problem {
        @Override
        public String sentence() {
            return "Another operation on volume " + volume + " is still running; call again.";
        }
    }
}
