package io.srvlab.rdscsi.simulator.personality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What bears the catalogue bears every appliance that can be simulated. */
class CatalogueTest {
    @Test
    void noPersonalityIsLeftOut() {
        assertThat(Catalogue.all().stream().map(Personality::getClass).distinct())
                .containsExactlyInAnyOrderElementsOf(Stream.of(Personality.class.getPermittedSubclasses())
                        .<Class<? extends Personality>>map(type -> type.asSubclass(Personality.class))
                        .toList());
    }
}
