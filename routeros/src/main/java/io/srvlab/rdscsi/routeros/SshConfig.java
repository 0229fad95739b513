package io.srvlab.rdscsi.routeros;

import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * How to reach one appliance over SSH, and how to know that it is the one.
 *
 * @param identity the user's private key, ed25519 or RSA, in OpenSSH or PEM format and not encrypted; read anew for each
 *     connection, so that it can be rotated
 * @param hostKey the fingerprint of the only host key that is accepted: {@code SHA256:…}, as {@code ssh-keygen -l} shows
 * @param sessions how many scripts may run at once; many hang a device. One of them, if there are two or more, is kept for
 *     {@link RouterOs#fencing}
 */
public record SshConfig(String user, String host, int port, Path identity, String hostKey, int sessions) {
    public static final int PORT = 22;
    public static final int SESSIONS = 4;
    private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
    private static final Pattern PLAIN = Pattern.compile("[\\x21-\\x7e]+");

    public SshConfig {
        if (!PLAIN.matcher(user).matches()) throw new IllegalArgumentException("not the name of a user: " + show(user));
        if (!PLAIN.matcher(host).matches()) throw new IllegalArgumentException("not the name of a host: " + show(host));
        if (port < 1 || port > 65_535) throw new IllegalArgumentException("not a port: " + port);
        if (sessions < 1) throw new IllegalArgumentException("at least one session is needed, not " + sessions);
        // Base64 of a fixed length needs no padding, and ssh-keygen shows none.
        hostKey = hostKey.strip().replaceFirst("=+$", "");
        if (!FINGERPRINT.matcher(hostKey).matches()) {
            throw new IllegalArgumentException(
                    "not the fingerprint of a host key: %s; it looks like SHA256:… and 43 characters, and this shows it: ssh-keyscan -p %d %s | ssh-keygen -lf -"
                            .formatted(show(hostKey), port, host));
        }
    }

    /**
     * From an address as {@code ssh://rds-csi@10.0.0.1} or {@code ssh://rds-csi@[fd00::1]:2222}.
     *
     * @throws IllegalArgumentException for anything else, naming the part that is wrong
     */
    public static SshConfig parse(String address, Path identity, String hostKey) {
        URI uri;
        try {
            uri = URI.create(address.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(wrong(address, "it is no address"), e);
        }
        if (!"ssh".equals(uri.getScheme())) throw new IllegalArgumentException(wrong(address, "it is not of ssh"));
        if (uri.getHost() == null) throw new IllegalArgumentException(wrong(address, "it has no host"));
        if (uri.getUserInfo() == null) throw new IllegalArgumentException(wrong(address, "it has no user"));
        if (uri.getUserInfo().contains(":")) {
            // Not shown: what stands there may well be a password.
            throw new IllegalArgumentException("an ssh address takes no password: login is by key alone");
        }
        if (!uri.getRawPath().isEmpty() || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(wrong(address, "nothing may follow the port"));
        }
        var host = uri.getHost().replaceFirst("^\\[(.*)]$", "$1");
        return new SshConfig(
                uri.getUserInfo(), host, uri.getPort() < 0 ? PORT : uri.getPort(), identity, hostKey, SESSIONS);
    }

    /** For people: {@code rds-csi@10.0.0.1:22}. */
    String address() {
        return user + "@" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private static String wrong(String address, String what) {
        return "%s: %s; it looks like ssh://user@host:port".formatted(show(address), what);
    }

    private static String show(String text) {
        return "\"" + ForeignText.bounded(text) + "\"";
    }
}
