package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SshConfigTest {
    private static final Path IDENTITY = Path.of("identity");
    private static final String HOST_KEY = "SHA256:" + "a".repeat(43);

    @ParameterizedTest
    @CsvSource({
        "ssh://rds-csi@10.0.0.1:2222, rds-csi, 10.0.0.1, 2222, rds-csi@10.0.0.1:2222",
        "ssh://rds-csi@rds.lan, rds-csi, rds.lan, 22, rds-csi@rds.lan:22",
        "ssh://rds-csi@[fd00::1]:22, rds-csi, fd00::1, 22, rds-csi@[fd00::1]:22"
    })
    void an_address_is_read_and_shown(String address, String user, String host, int port, String shown) {
        var config = SshConfig.parse(address, IDENTITY, HOST_KEY);
        assertThat(config).isEqualTo(new SshConfig(user, host, port, IDENTITY, HOST_KEY, SshConfig.SESSIONS));
        assertThat(config.address()).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "'', it is not of ssh",
        "10.0.0.1, it is not of ssh",
        "rest://a@b, it is not of ssh",
        "ssh://10.0.0.1, it has no user",
        "ssh://a@, it has no host",
        "ssh:a@b, it has no host",
        "ssh://a@b:22/x, nothing may follow the port",
        "ssh://a@b c, it is no address"
    })
    void an_address_that_is_none_is_refused_with_what_is_wrong_and_what_it_looks_like(String address, String wrong) {
        assertThatThrownBy(() -> SshConfig.parse(address, IDENTITY, HOST_KEY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(wrong)
                .hasMessageContaining("ssh://user@host:port");
    }

    @Test
    void a_password_in_an_address_is_refused_and_not_shown() {
        assertThatThrownBy(() -> SshConfig.parse("ssh://a:hunter2@b", IDENTITY, HOST_KEY))
                .hasMessageContaining("no password")
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SHA256:short", "MD5:aa:bb", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void a_fingerprint_that_is_none_is_refused_with_how_to_get_one(String hostKey) {
        assertThatThrownBy(() -> new SshConfig("a", "10.0.0.1", 2222, IDENTITY, hostKey, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ssh-keyscan -p 2222 10.0.0.1");
    }

    @Test
    void a_fingerprint_may_carry_the_padding_that_some_tools_show() {
        assertThat(new SshConfig("a", "b", 22, IDENTITY, HOST_KEY + "=", 4).hostKey())
                .isEqualTo(HOST_KEY);
    }
}
