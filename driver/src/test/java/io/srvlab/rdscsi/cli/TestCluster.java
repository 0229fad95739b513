package io.srvlab.rdscsi.cli;

import io.grpc.Deadline;
import io.srvlab.rdscsi.cluster.Attached;
import io.srvlab.rdscsi.cluster.Cluster;
import io.srvlab.rdscsi.cluster.Event;
import io.srvlab.rdscsi.cluster.Presence;
import io.srvlab.rdscsi.cluster.Wish;
import io.srvlab.rdscsi.volume.NameUuid;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A cluster that a test plays: nodes come, fall ill, leave and come back as other machines. What the real one answers is
 * tested against the real API server; here it is what the driver makes of it.
 */
final class TestCluster implements Cluster {
    private final Map<NodeName, Presence> nodes = new ConcurrentHashMap<>();
    private final Map<String, Wish> wishes = new ConcurrentHashMap<>();
    private final Map<VolumeId, List<Attached>> attachments = new ConcurrentHashMap<>();
    private final List<Event> events = new CopyOnWriteArrayList<>();

    /** Nodes that are Ready and use nothing. */
    static TestCluster of(String... nodes) {
        var cluster = new TestCluster();
        for (var node : nodes) cluster.node(node, uid(node), true, false);
        return cluster;
    }

    static UUID uid(String node) {
        return NameUuid.of("node", node);
    }

    void node(String node, UUID uid, boolean ready, boolean deleting, String... inUse) {
        var volumes = Set.copyOf(List.of(inUse).stream().map(VolumeId::new).toList());
        nodes.put(new NodeName(node), new Presence.Exists(uid, ready, deleting, Optional.of(volumes)));
    }

    void notReady(String node) {
        node(node, uid(node), false, false);
    }

    void uses(String node, String... volumes) {
        node(node, uid(node), true, false, volumes);
    }

    /** The same name, another machine. */
    void replaced(String node) {
        node(node, NameUuid.of("another machine", node), true, false);
    }

    void gone(String node) {
        nodes.remove(new NodeName(node));
    }

    void outOfService(String node) {
        nodes.put(new NodeName(node), new Presence.OutOfService(uid(node)));
    }

    void silent(String node) {
        nodes.put(new NodeName(node), new Presence.Unanswered("the API server answered 503"));
    }

    void wish(String volume, String node, Wish wish) {
        wishes.put(volume + "@" + node, wish);
    }

    void attached(String volume, String node, String claim) {
        attachments.put(new VolumeId(volume), List.of(new Attached(new NodeName(node), Optional.of(claim))));
    }

    /** Reasons of the events posted so far, in order. */
    List<String> reasons() {
        return events.stream().map(event -> event.reason().text()).toList();
    }

    List<Event> events() {
        return events;
    }

    @Override
    public Presence presence(NodeName node, Deadline deadline) {
        return nodes.getOrDefault(node, new Presence.Absent());
    }

    @Override
    public Wish wish(VolumeId volume, NodeName node, Deadline deadline) {
        return wishes.getOrDefault(volume + "@" + node, new Wish.NotWanted());
    }

    @Override
    public List<Attached> attachments(VolumeId volume) {
        return attachments.getOrDefault(volume, List.of());
    }

    @Override
    public void post(Event event) {
        events.add(event);
    }
}
