package io.srvlab.rdscsi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the appliance is named on a command line: what is wrong with it is said, and no password with it. */
class ApplianceOptionsTest {
    private static final String PIN = "SHA256:" + "ab".repeat(32);
    private static final String TO = " --appliance rest://u1,u2@127.0.0.1:1";
    private static final String SECRET = "s3cret-of-nobody";

    @TempDir
    Path dir;

    private Path passwords;

    @BeforeEach
    void writePasswords() throws Exception {
        passwords = Files.writeString(dir.resolve("passwords"), SECRET + "\n");
    }

    /** Exit status and messages. */
    private record Ended(int status, String err) {}

    @ParameterizedTest
    @CsvSource({
        "--password-file PASSWORDS, a rest:// address needs --password-file and --tls-fingerprint",
        "--tls-fingerprint PIN, a rest:// address needs --password-file and --tls-fingerprint",
        "'', a rest:// address needs --password-file and --tls-fingerprint",
        "--identity PASSWORDS --password-file PASSWORDS --tls-fingerprint PIN, --identity and --host-key belong to an ssh://",
        "--host-key PIN --password-file PASSWORDS --tls-fingerprint PIN, --identity and --host-key belong to an ssh://",
    })
    void anOptionThatIsMissingOrOfTheOtherWayInIsExitStatus2(String options, String said) {
        var ended = list(TO + " " + options);
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains(said);
    }

    @Test
    void optionsOfRestBelongToNoSshAddress() {
        var ended = list(" --appliance ssh://u1@127.0.0.1:1 --password-file PASSWORDS --tls-fingerprint PIN");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains("--password-file and --tls-fingerprint belong to a rest:// address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA256:", "SHA256:abcd", "not-a-fingerprint"})
    void aFingerprintThatIsNoneIsExitStatus3AndSaysWhatShowsIt(String fingerprint) {
        var ended = list(TO + " --password-file PASSWORDS --tls-fingerprint " + fingerprint);
        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err()).contains("fingerprint", "openssl x509");
    }

    @ParameterizedTest
    @CsvSource({
        "rest://127.0.0.1:1, it has no user",
        "rest://u1@127.0.0.1:1/disk, nothing may follow the port",
        "rest://u1:s3cret-of-nobody@127.0.0.1:1, takes no password: it is read from a file",
        "'rest://u1,u1@127.0.0.1:1', a user is named twice",
        "'rest://u1,@127.0.0.1:1', not the name of a user",
        "http://u1@127.0.0.1:1, it is not of ssh",
    })
    void anAddressThatIsNoneIsSaidWithoutItsPassword(String address, String said) {
        var options = address.startsWith("http")
                ? " --identity PASSWORDS --host-key SHA256:" + "A".repeat(43)
                : " --password-file PASSWORDS --tls-fingerprint PIN";
        var ended = list(" --appliance " + address + options);
        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err()).contains(said).doesNotContain(SECRET);
    }

    @Test
    void aPasswordFileThatIsNotThereIsExitStatus3AndNamed() {
        var missing = dir.resolve("missing");
        var ended = list(TO + " --tls-fingerprint PIN --password-file " + missing);
        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err()).contains("The password file " + missing + " is not there or cannot be read");
    }

    @ParameterizedTest
    @CsvSource({"'', has 0 lines", "'\n', an empty line", "'a\nb\nc\n', has 3 lines; it needs one for all"})
    void aPasswordFileOfTheWrongShapeIsNamedWhenItIsUsed(String text, String said) throws Exception {
        Files.writeString(passwords, text);
        var ended = list(TO + " --password-file PASSWORDS --tls-fingerprint PIN");
        assertThat(ended.status()).isNotZero();
        assertThat(ended.err()).contains(passwords.toString(), said);
    }

    private Ended list(String options) {
        var line = ("volume list" + options)
                .replace("PASSWORDS", passwords.toString())
                .replace(" PIN", " " + PIN);
        var out = new StringWriter();
        var err = new StringWriter();
        int status = RdsCsi.run(line.strip().split(" +", -1), new PrintWriter(out, true), new PrintWriter(err, true));
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).doesNotContain(SECRET);
        return new Ended(status, err.toString());
    }
}
