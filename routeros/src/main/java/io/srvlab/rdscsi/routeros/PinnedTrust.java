package io.srvlab.rdscsi.routeros;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts one certificate, known by its fingerprint, and asks for nothing else: an appliance signs its own, for any name. Being
 * an extended one, it also answers for the name, so that the library compares none.
 */
final class PinnedTrust extends X509ExtendedTrustManager {
    /** The other side showed a certificate, and not the one that is pinned. */
    static final class OtherCertificate extends CertificateException {
        private static final long serialVersionUID = 1L;

        OtherCertificate(Fingerprint shown, Fingerprint pinned) {
            super(
                    "the appliance's certificate is %s, but %s is pinned: if it was changed on purpose (renewed, replaced, /ip/service/set www-ssl certificate=…), pin the new one, else somebody stands in between"
                            .formatted(shown, pinned));
        }
    }

    private final Fingerprint pinned;

    private PinnedTrust(Fingerprint pinned) {
        this.pinned = pinned;
    }

    static SSLContext context(Fingerprint pinned) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new PinnedTrust(pinned)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0) throw new CertificateException("the appliance showed no certificate");
        var shown = Fingerprint.of(chain[0]);
        if (!shown.equals(pinned)) throw new OtherCertificate(shown, pinned);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("nobody is served here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("nobody is served here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("nobody is served here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
