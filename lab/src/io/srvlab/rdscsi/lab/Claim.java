package io.srvlab.rdscsi.lab;

import io.srvlab.rdscsi.volume.Nqn;
import io.srvlab.rdscsi.volume.PublishContext;
import java.util.Map;
import java.util.UUID;

/** An attachment as the controller makes one: a name that no other has, and a host that only it admits. */
record Claim(String slot, String text, UUID host) {
    static Claim make(String slot, int sequence) {
        return new Claim(
                slot, "%d-%08x".formatted(1_795_000_000L + sequence, 0xaaaaaaaaL + sequence), UUID.randomUUID());
    }

    /** The same door, knocked at by a host that it does not know. */
    Claim fromElsewhere() {
        return new Claim(slot, text, UUID.randomUUID());
    }

    Nqn subsystem() {
        return new Nqn("nqn.2000-02.com.mikrotik:" + slot + "." + text);
    }

    Nqn hostNqn() {
        return new Nqn("nqn.2014-08.org.nvmexpress:uuid:" + host);
    }

    Map<String, String> publishContext() {
        return new PublishContext(Target.ADDRESS, Target.PORT, subsystem(), "", hostNqn(), host.toString(), text)
                .asMap();
    }
}
