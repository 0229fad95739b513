package io.srvlab.rdscsi.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What an informer keeps of cluster-wide objects: each cut down to the fields that somebody reads. */
final class TrimmedStore<T extends HasMetadata> implements ItemStore<T> {
    private final ConcurrentMap<String, T> items = new ConcurrentHashMap<>();
    private final UnaryOperator<T> trim;

    /** @param trim keeps name and resourceVersion, by which the informer knows an object and its age */
    TrimmedStore(UnaryOperator<T> trim) {
        this.trim = trim;
    }

    @Override
    public String getKey(T object) {
        return object.getMetadata().getName();
    }

    @Override
    public @Nullable T put(String key, T object) {
        return items.put(key, trim.apply(object));
    }

    @Override
    public @Nullable T remove(String key) {
        return items.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return items.keySet().stream();
    }

    @Override
    public Stream<T> values() {
        return items.values().stream();
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public @Nullable T get(String key) {
        return items.get(key);
    }
}
