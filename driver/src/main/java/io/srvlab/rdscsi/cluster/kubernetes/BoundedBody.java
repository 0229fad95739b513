package io.srvlab.rdscsi.cluster.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** Collects an answer's body, up to the size that no object of the API has. */
final class BoundedBody implements AsyncBody.Consumer<List<ByteBuffer>> {
    /** etcd holds at most 1.5 MiB an object. */
    private static final int BYTES_MAX = 4 << 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final WritableByteChannel channel = Channels.newChannel(bytes);

    @Override
    public synchronized void consume(List<ByteBuffer> part, AsyncBody body) throws IOException {
        for (var buffer : part) {
            if (bytes.size() + buffer.remaining() > BYTES_MAX) {
                throw new IOException("an answer of more than " + BYTES_MAX + " bytes");
            }
            var _ = channel.write(buffer);
        }
        body.consume();
    }

    synchronized byte[] bytes() {
        return bytes.toByteArray();
    }
}
