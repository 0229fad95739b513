package io.srvlab.rdscsi.routeros;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The SHA-256 of a certificate as it was sent (DER).
 *
 * @param hex 64 lower-case digits, as RouterOS shows them in {@code /certificate/print detail}
 */
public record Fingerprint(String hex) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]{43}=?");

    public Fingerprint {
        if (!HEX.matcher(hex).matches()) throw new IllegalArgumentException("not a SHA-256 in hex digits");
    }

    /**
     * From {@code SHA256:} and either hex digits, with or without colons, as RouterOS and openssl show them, or Base64.
     * {@code SHA256:} may be left out.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static Fingerprint parse(String text) {
        var bare = text.strip().replaceFirst("(?i)^sha-?256:", "");
        var digits = bare.replace(":", "").toLowerCase(Locale.ROOT);
        if (HEX.matcher(digits).matches()) return new Fingerprint(digits);
        if (BASE64.matcher(bare).matches()) {
            return new Fingerprint(HexFormat.of().formatHex(Base64.getDecoder().decode(bare)));
        }
        throw new IllegalArgumentException(
                "not the fingerprint of a certificate: \"%s\"; it looks like SHA256:… and 64 hex digits, and this shows it: openssl s_client -connect HOST:443 </dev/null | openssl x509 -noout -fingerprint -sha256"
                        .formatted(ForeignText.bounded(text)));
    }

    static Fingerprint of(X509Certificate certificate) throws CertificateEncodingException {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return new Fingerprint(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** As it is given on the command line: {@code SHA256:…}. */
    @Override
    public String toString() {
        return "SHA256:" + hex;
    }
}
