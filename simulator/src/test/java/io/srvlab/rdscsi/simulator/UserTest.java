package io.srvlab.rdscsi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.ssh.KeyFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user may do is what the policies of the group say. */
@Timeout(60)
class UserTest {
    @TempDir
    Path state;

    private Shop shop;

    @BeforeEach
    void start() throws IOException {
        shop = new Shop(state);
        shop.add("v1");
    }

    @AfterEach
    void stop() throws IOException {
        shop.close();
    }

    private Client as(String user) throws IOException {
        return new Client(shop.simulator.sshAddress(), user, KeyFiles.ed25519(shop.simulator.clientKey()));
    }

    @Test
    void withoutThePolicyWriteNothingIsChanged() throws Exception {
        shop.simulator.users().put("reader", "", EnumSet.of(Policy.SSH, Policy.READ));
        try (var reader = as("reader")) {
            assertThat(reader.run(":put [/disk/get v1 size]").out()).isEqualTo("1048576\r\n");
            for (var line : new String[] {
                "/disk/set v1 comment=no",
                "/disk/remove v1",
                "/disk/copy src=v1 dst=v1",
                "/system/reboot",
                "/user/remove reader"
            }) {
                assertThat(reader.run(line).out()).as(line).startsWith("not enough permissions (9) (/");
            }
        }
        assertThat(shop.ask(":put [/disk/get v1 comment]")).isEmpty();
        assertThat(shop.simulator.users().mayEnter("reader", Policy.SSH)).isTrue();
    }

    @Test
    void withoutThePolicyReadNothingIsSeen() throws Exception {
        shop.simulator.users().put("writer", "", EnumSet.of(Policy.SSH, Policy.WRITE));
        try (var writer = as("writer")) {
            assertThat(writer.run("/disk/print").out()).startsWith("not enough permissions (9)");
            assertThat(writer.run("/disk/set [find where slot=v1] comment=x").out())
                    .startsWith("not enough permissions (9)");
        }
    }

    @Test
    void withoutThePolicySshNobodyLogsIn() {
        shop.simulator.users().put("remote", "", EnumSet.of(Policy.READ, Policy.REST_API));
        assertThatThrownBy(() -> as("remote")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> as("nobody")).isInstanceOf(IOException.class);
    }

    @Test
    void aGroupIsMendedFromTheConsoleAndOutlivesARestart() throws Exception {
        shop.ask("/user/group/add name=driver policy=ssh,read");
        shop.ask("/user/add name=csi group=driver password=\"secret\"");
        try (var csi = as("csi")) {
            assertThat(csi.run("/disk/set v1 comment=a").out()).startsWith("not enough permissions (9)");
            shop.ask("/user/group/set [find where name=driver] policy=ssh,read,write");
            assertThat(csi.run("/disk/set v1 comment=a").status()).isZero();
        }
        assertThat(shop.ask("/user/print detail")).contains("csi").doesNotContain("secret");
        assertThat(shop.ask(":put [:serialize to=json value=[/user/group/print as-value where name=driver]]"))
                .contains("\"policy\":\"ssh,read,write,!policy,");
        shop.close();
        shop = new Shop(state);
        assertThat(shop.simulator.users().hasPassword("csi", "secret")).isTrue();
        assertThat(shop.simulator.users().hasPassword("csi", "")).isFalse();
        assertThat(shop.simulator.users().hasPassword(shop.simulator.user(), ""))
                .isFalse();
    }

    @Test
    void whatIsNoPolicyOrGroupIsRefused() throws Exception {
        assertThat(shop.run("/user/group/add name=g policy=fly").out())
                .startsWith("input does not match any value of policy");
        assertThat(shop.run("/user/add name=u group=nobodies").out())
                .startsWith("input does not match any value of group");
        assertThat(shop.run("/user/group/remove full").out()).startsWith("failure: group is in use");
    }
}
