package io.srvlab.rdscsi.routeros;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How to reach one appliance over REST, and how to know that it is the one.
 *
 * @param users who asks: RouterOS serves one request at a time for each, so each is a lane. The first, if there are two or
 *     more, is kept for {@link RouterOs#fencing}
 * @param passwordFile one line, the password of all users, or a line for each of them in their order; read anew for each
 *     request, so that it can be rotated
 * @param certificate the only certificate that is accepted, whoever signed it and whatever name it bears
 */
public record RestConfig(List<String> users, String host, int port, Path passwordFile, Fingerprint certificate) {
    public static final int PORT = 443;
    private static final Pattern USER = Pattern.compile("[\\x21-\\x7e&&[^:,]]+");
    private static final Pattern PLAIN = Pattern.compile("[\\x21-\\x7e]+");

    public RestConfig {
        users = List.copyOf(users);
        if (users.isEmpty()) throw new IllegalArgumentException("at least one user is needed");
        for (var user : users) {
            if (!USER.matcher(user).matches()) {
                throw new IllegalArgumentException("not the name of a user: \"" + ForeignText.bounded(user) + "\"");
            }
        }
        if (users.stream().distinct().count() < users.size()) {
            throw new IllegalArgumentException("a user is named twice, and serves one request at a time all the same");
        }
        if (!PLAIN.matcher(host).matches()) {
            throw new IllegalArgumentException("not the name of a host: \"" + ForeignText.bounded(host) + "\"");
        }
        if (port < 1 || port > 65_535) throw new IllegalArgumentException("not a port: " + port);
    }

    /**
     * From an address as {@code rest://rds-csi@10.0.0.1} or {@code rest://rds-csi-1,rds-csi-2@[fd00::1]:8443}.
     *
     * @throws IllegalArgumentException for anything else, naming the part that is wrong
     */
    public static RestConfig parse(String address, Path passwordFile, Fingerprint certificate) {
        URI uri;
        try {
            uri = URI.create(address.strip());
        } catch (IllegalArgumentException e) {
            // Not its own words: they quote the address, and somebody may have put a password into it.
            throw new IllegalArgumentException(wrong("it is no address"));
        }
        if (!"rest".equals(uri.getScheme())) throw new IllegalArgumentException(wrong("it is not of rest"));
        if (uri.getUserInfo() != null && uri.getUserInfo().contains(":")) {
            throw new IllegalArgumentException("a rest address takes no password: it is read from a file");
        }
        if (uri.getHost() == null) throw new IllegalArgumentException(wrong("it has no host"));
        if (uri.getUserInfo() == null) throw new IllegalArgumentException(wrong("it has no user"));
        if (!uri.getRawPath().isEmpty() || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(wrong("nothing may follow the port"));
        }
        return new RestConfig(
                List.of(uri.getUserInfo().split(",", -1)),
                uri.getHost().replaceFirst("^\\[(.*)]$", "$1"),
                uri.getPort() < 0 ? PORT : uri.getPort(),
                passwordFile,
                certificate);
    }

    /** For people: {@code rds-csi@10.0.0.1:443}. */
    String address() {
        return String.join(",", users) + "@" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private static String wrong(String what) {
        return "the appliance's address: %s; it looks like rest://user@host:port, or rest://user1,user2@host:port for several at once"
                .formatted(what);
    }
}
