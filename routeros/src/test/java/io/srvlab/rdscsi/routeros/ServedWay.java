package io.srvlab.rdscsi.routeros;

import io.srvlab.rdscsi.simulator.Simulator;
import io.srvlab.rdscsi.simulator.SimulatorConfig;
import java.util.List;

/** A way in, at both of its ends: a simulator that serves it, and what reaches that over it. For one simulator at a time. */
interface ServedWay {
    /** Starts it with this way in being served. A restart comes back on the ports that it had. */
    Simulator start(SimulatorConfig config) throws Exception;

    RouterOs open(Simulator simulator) throws Exception;

    /** Pinned to another appliance. */
    RouterOs openToAnother(Simulator simulator) throws Exception;

    /** Gives the user other credentials, at the appliance and where this process reads its own. */
    void changeCredentials(Simulator simulator) throws Exception;

    /** The same at the appliance alone. */
    void forgetCredentials(Simulator simulator) throws Exception;

    /** The RouterOS line that gives the user all policies that are needed. */
    String grant();

    /** What a secret of ours would look like in a message. */
    List<String> secrets(Simulator simulator) throws Exception;
}
