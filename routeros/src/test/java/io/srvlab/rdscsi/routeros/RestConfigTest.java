package io.srvlab.rdscsi.routeros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestConfigTest {
    private static final String HEX = "ab".repeat(32);
    private static final Fingerprint PIN = new Fingerprint(HEX);

    @Test
    void an_address_names_users_host_and_port() {
        assertThat(parse("rest://rds-csi@10.0.0.1"))
                .isEqualTo(new RestConfig(List.of("rds-csi"), "10.0.0.1", 443, Path.of("p"), PIN));
        assertThat(parse("rest://a,b@[fd00::1]:8443"))
                .isEqualTo(new RestConfig(List.of("a", "b"), "fd00::1", 8443, Path.of("p"), PIN))
                .extracting(RestConfig::address)
                .isEqualTo("a,b@[fd00::1]:8443");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://rds-csi@10.0.0.1",
                "rest://10.0.0.1",
                "rest://@10.0.0.1",
                "rest://a,@10.0.0.1",
                "rest://a,a@10.0.0.1",
                "rest://rds-csi@10.0.0.1/rest",
                "rest://rds-csi@10.0.0.1:0",
                "rest://rds-csi@",
                "rds-csi@10.0.0.1",
                "rest://a b@c"
            })
    void any_other_is_refused(String address) {
        assertThatIllegalArgumentException().isThrownBy(() -> parse(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"rest://rds-csi:hunter2@10.0.0.1", "rest://rds-csi:hunter2^@10.0.0.1", "rest://a:hunter2@b c"})
    void a_password_in_it_is_refused_and_not_shown(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(address))
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("hunter2"));
    }

    @Test
    void a_fingerprint_is_read_as_routeros_and_openssl_show_it() {
        var colons = HEX.toUpperCase(java.util.Locale.ROOT).replaceAll("(..)(?=.)", "$1:");
        var base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(HEX));
        for (var text : List.of(HEX, "SHA256:" + HEX, colons, "SHA256:" + colons, "sha256:" + base64, base64)) {
            assertThat(Fingerprint.parse(text)).as(text).isEqualTo(PIN);
        }
        for (var text : List.of("", "SHA256:", HEX.substring(2), "SHA256:" + HEX + "00", "zz".repeat(32))) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> Fingerprint.parse(text));
        }
    }

    private static RestConfig parse(String address) {
        return RestConfig.parse(address, Path.of("p"), PIN);
    }
}
