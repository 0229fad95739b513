package io.srvlab.rdscsi.routeros;

/** The contract, over SSH. */
class SshContractTest extends WayInContract {
    SshContractTest() {
        super(new ServedSsh());
    }
}
