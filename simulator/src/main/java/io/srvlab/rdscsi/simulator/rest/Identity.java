package io.srvlab.rdscsi.simulator.rest;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The certificate that an appliance made for itself, with its key: RSA of 2048 bits. It is made once and kept in a file. */
final class Identity {
    private static final String ALIAS = "www-ssl";
    // The file's mode keeps others out; a store must have one.
    private static final char[] STORE = "simulator".toCharArray();

    private final KeyStore keys;

    private Identity(KeyStore keys) {
        this.keys = keys;
    }

    static Identity in(Path file) throws IOException {
        try {
            if (!Files.exists(file)) make(file);
            var keys = KeyStore.getInstance("PKCS12");
            try (var in = Files.newInputStream(file)) {
                keys.load(in, STORE);
            }
            return new Identity(keys);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("no usable certificate in " + file, e);
        }
    }

    /** The certificate's SHA-256 as hex digits, as RouterOS and openssl show it. */
    String fingerprint() throws IOException {
        try {
            var der = keys.getCertificate(ALIAS).getEncoded();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    SSLContext context() throws IOException {
        try {
            var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, STORE);
            var context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static void make(Path file) throws IOException, GeneralSecurityException, OperatorCreationException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        var pair = generator.generateKeyPair();
        var name = new X500Name("CN=rds");
        var from = Instant.now().minus(Duration.ofDays(1));
        var certificate = new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                name,
                                new BigInteger(64, new SecureRandom()),
                                Date.from(from),
                                Date.from(from.plus(Duration.ofDays(3650))),
                                name,
                                pair.getPublic())
                        .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate())));
        var keys = KeyStore.getInstance("PKCS12");
        keys.load(null, STORE);
        keys.setKeyEntry(ALIAS, pair.getPrivate(), STORE, new Certificate[] {certificate});
        var next = file.resolveSibling(file.getFileName() + ".next");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (var out = Files.newOutputStream(next)) {
            keys.store(out, STORE);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
