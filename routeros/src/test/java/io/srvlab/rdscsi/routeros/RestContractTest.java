package io.srvlab.rdscsi.routeros;

/** The contract, over REST with four users. */
class RestContractTest extends WayInContract {
    RestContractTest() {
        super(new ServedRest());
    }
}
