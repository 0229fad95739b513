package io.srvlab.rdscsi.cluster.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the API server is and who we are to it: from a kubeconfig file that was named, or from the service account of the
 * pod. Never from what the environment happens to hold otherwise, which may be somebody's other cluster.
 */
public final class Access {
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private final Config config;
    private final @Nullable String namespace;

    private Access(Config config, @Nullable String namespace) {
        this.config = config;
        this.namespace = namespace;
    }

    /**
     * The current context of a kubeconfig file.
     *
     * @throws IOException if it cannot be read or names no API server
     */
    public static Access kubeconfig(Path file) throws IOException {
        if (!Files.isReadable(file))
            throw new IOException("The kubeconfig " + file + " is not there or cannot be read.");
        Config config;
        try {
            config = Config.fromKubeconfig(file.toFile());
            keyAlgorithm(config).ifPresent(config::setClientKeyAlgo);
        } catch (KubernetesClientException | CertificateException | IllegalArgumentException e) {
            throw new IOException("The kubeconfig " + file + " cannot be read: " + e.getMessage(), e);
        }
        if (config.getCurrentContext() == null) {
            throw new IOException("The kubeconfig " + file + " has no current context.");
        }
        return new Access(config, config.getNamespace());
    }

    /**
     * The pod's own service account. Its token is read anew as it is rotated.
     *
     * @throws IOException if this process runs in no pod
     */
    public static Access inCluster() throws IOException {
        return inCluster(System.getenv(), SERVICE_ACCOUNT);
    }

    static Access inCluster(Map<String, String> environment, Path serviceAccount) throws IOException {
        var host = environment.get("KUBERNETES_SERVICE_HOST");
        var port = environment.get("KUBERNETES_SERVICE_PORT");
        var token = serviceAccount.resolve("token");
        if (host == null || port == null || !Files.isReadable(token)) {
            throw new IOException("This is no pod with a service account (KUBERNETES_SERVICE_HOST, " + token
                    + "): name a kubeconfig with --kubeconfig.");
        }
        var config = new ConfigBuilder(Config.empty())
                .withMasterUrl("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port)
                .withCaCertFile(serviceAccount.resolve("ca.crt").toString())
                .withOauthTokenProvider(() -> read(token))
                .build();
        var namespace = serviceAccount.resolve("namespace");
        return new Access(config, Files.isReadable(namespace) ? read(namespace) : null);
    }

    /** The library tells a key's kind from its PEM header, which in PKCS 8 does not say it; the certificate does. */
    private static Optional<String> keyAlgorithm(Config config) throws IOException, CertificateException {
        byte[] pem;
        if (config.getClientCertData() != null) {
            pem = Base64.getDecoder().decode(config.getClientCertData());
        } else if (config.getClientCertFile() != null) {
            pem = Files.readAllBytes(Path.of(config.getClientCertFile()));
        } else {
            return Optional.empty();
        }
        var certificate = CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
        return Optional.of(certificate.getPublicKey().getAlgorithm());
    }

    /** The namespace of the pod, or of the kubeconfig's context; {@code default} where neither names one. */
    public String namespace() {
        return namespace == null ? "default" : namespace;
    }

    Config config() {
        return config;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new KubernetesClientException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
