package io.srvlab.rdscsi.cluster.kubernetes;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.http.HttpClient;
import java.util.concurrent.Executor;

/** The JDK's HTTP client, on virtual threads. */
final class Transport extends JdkHttpClientFactory {
    private final Executor threads;

    Transport(Executor threads) {
        this.threads = threads;
    }

    @Override
    protected HttpClient.Builder createNewHttpClientBuilder() {
        return HttpClient.newBuilder().executor(threads);
    }

    /** An API server does not redirect; whoever does is not asked on. */
    @Override
    protected void additionalConfig(HttpClient.Builder builder) {
        builder.followRedirects(HttpClient.Redirect.NEVER);
    }
}
