package io.srvlab.rdscsi.appliance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final ClusterId CLUSTER = new ClusterId("0f4c3a52-3c2f-4b0e-9f0e-6f8d5e1f2a3b");
    private static final Instant NOW = Instant.ofEpochSecond(1_795_000_000L);
    private static final VolumeId VOLUME = new VolumeId("rds-abcdefghijklmnopqrstuvwxyz");

    @RepeatedTest(200)
    void whatIsWrittenIsReadBackTheSame() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var ledger = anyLedger(random);
        var comment = ledger.format(VOLUME);
        assertThat(Ledger.parse(comment, VOLUME))
                .as("seed %d: %s", seed, comment)
                .isEqualTo(ledger);
        assertThat(comment).as("plain characters only").matches("[A-Za-z0-9.:,@+_-]+( .*)?");
        assertThat(comment.indexOf(' ') < 0 ? comment : comment.substring(0, comment.indexOf(' ')))
                .as("the longest record that DESIGN allows for")
                .hasSizeLessThanOrEqualTo(420);
    }

    @RepeatedTest(200)
    void aRecordThatLostOrChangedACharacterIsUnreadableAndNeverAnotherRecord() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var comment = anyLedger(random).format(VOLUME);
        var record = comment.indexOf(' ') < 0 ? comment : comment.substring(0, comment.indexOf(' '));
        // Behind "rc1:", where it still claims to be a record.
        int at = 4 + random.nextInt(record.length() - 4);
        var shorter = record.substring(0, at) + record.substring(at + 1);
        var changed = record.substring(0, at) + (record.charAt(at) == 'q' ? 'z' : 'q') + record.substring(at + 1);
        assertThat(Comment.of(java.util.Optional.of(shorter), VOLUME))
                .as("seed %d", seed)
                .isInstanceOf(Comment.Unreadable.class);
        assertThat(Comment.of(java.util.Optional.of(changed), VOLUME))
                .as("seed %d", seed)
                .isInstanceOf(Comment.Unreadable.class);
        assertThat(Comment.of(java.util.Optional.of(record.substring(0, at)), VOLUME))
                .as("cut short, seed %d", seed)
                .isInstanceOf(Comment.Unreadable.class);
    }

    @Test
    void aRecordCopiedToAnotherItemDoesNotPassForOurs() {
        var comment = Ledger.created(CLUSTER, "db-0", VOLUME, "abcdefgh", NOW).format(VOLUME);
        assertThatThrownBy(() -> Ledger.parse(comment, new VolumeId("another")))
                .hasMessageContaining("copied from another item");
    }

    @Test
    void theOperatorsOwnWordsBehindTheRecordAreKept() {
        var comment = Ledger.created(CLUSTER, "db-0", VOLUME, "abcdefgh", NOW).format(VOLUME) + " do not touch, Ann";
        var read = Ledger.parse(comment, VOLUME);
        var granted = read.granted(holder("a"), Access.NONE, NOW);
        assertThat(granted.format(VOLUME)).endsWith(" do not touch, Ann");
        assertThat(granted.cut().freed().format(VOLUME)).endsWith(" do not touch, Ann");
    }

    @Test
    void everyClaimHasALargerNumberThanTheLastAlsoWhenTheClockGoesBack() {
        var claim = Claim.first(NOW);
        assertThat(claim.next(NOW).seq()).isGreaterThan(claim.seq());
        assertThat(claim.next(NOW.minusSeconds(86_400)).seq()).isGreaterThan(claim.seq());
        assertThat(claim.next(NOW.plusSeconds(60)).seq()).isEqualTo(NOW.getEpochSecond() + 60);
    }

    @Test
    void aSlotThatIsMadeAgainRepeatsNoName() {
        var first = Claim.first(NOW).subsystem(VOLUME);
        var again = Claim.first(NOW).subsystem(VOLUME);
        assertThat(again).as("the nonce differs even within the same second").isNotEqualTo(first);
    }

    @Test
    void theSearchForAHoldersVolumesFindsThemAndNoOthers() {
        var holder = new Holder(new NodeName("node-1.example"), "0a1b2c3d");
        var pattern = java.util.regex.Pattern.compile(Ledger.heldByPattern(CLUSTER.mark(), holder));
        var free = Ledger.created(CLUSTER, "db-0", VOLUME, "abcdefgh", NOW);
        var held = free.granted(holder, Access.NONE, NOW);
        assertThat(pattern.matcher(held.format(VOLUME)).find()).isTrue();
        assertThat(pattern.matcher(free.format(VOLUME)).find()).isFalse();
        assertThat(pattern.matcher(held.cut().format(VOLUME)).find()).isFalse();
        for (var other : List.of(
                new Holder(new NodeName("node-1.example"), "0a1b2c3e"),
                new Holder(new NodeName("node-1xexample"), "0a1b2c3d"),
                new Holder(new NodeName("node-12.example"), "0a1b2c3d"))) {
            var comment = free.granted(other, Access.NONE, NOW).format(VOLUME);
            assertThat(pattern.matcher(comment).find()).as(comment).isFalse();
        }
        var longer = free.granted(new Holder(new NodeName("x-node-1.example"), "0a1b2c3d"), Access.NONE, NOW);
        assertThat(pattern.matcher(longer.format(VOLUME)).find())
                .as("another node whose name ends alike")
                .isFalse();
    }

    @Test
    void namesThatAreNotPlainAreKeptAsAHash() {
        assertThat(Ledger.nameField("db-0", new VolumeId("db-0"))).isEqualTo("-");
        assertThat(Ledger.nameField("pvc-Data.1", VOLUME)).isEqualTo("pvc-Data.1");
        assertThat(Ledger.nameField("a:b", VOLUME)).matches("\\+[a-z2-7]{26}");
        assertThat(Ledger.nameField("x".repeat(65), VOLUME)).matches("\\+[a-z2-7]{26}");
        assertThat(Ledger.nameField("-", VOLUME))
                .as("a name that looks like none")
                .startsWith("+");
    }

    private static Ledger anyLedger(Random random) {
        var volumeName = random.nextBoolean()
                ? "pvc-" + random.nextInt(1 << 20)
                : "ein Name: äöü \"quoted\" " + random.nextInt();
        var ledger = Ledger.created(CLUSTER, volumeName, VOLUME, "abcdefgh", NOW);
        var classes = List.of(Access.AccessClass.values());
        var filesystems = List.of("", "ext4", "xfs", "btrfs");
        var access = new Access(
                classes.get(random.nextInt(classes.size())),
                random.nextBoolean(),
                filesystems.get(random.nextInt(filesystems.size())));
        var held = ledger.granted(holder("n" + random.nextInt(1000)), access, NOW.plusSeconds(random.nextInt(1 << 20)));
        var shared = held.joined(holder("other"));
        var states = List.of(
                ledger,
                held,
                held.cut(),
                held.cut().freed(),
                held.cut().renumbered(NOW),
                held.locked(),
                held.locked().unlocked(NOW),
                shared,
                shared.left(holder("other")),
                shared.bounced(held.holders().getFirst()));
        return states.get(random.nextInt(states.size()));
    }

    private static Holder holder(String node) {
        return new Holder(new NodeName(node), "0a1b2c3d");
    }
}
