package io.srvlab.rdscsi.simulator.console;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** {@code /system/script/job}: what {@code :execute} has begun and what still runs. A job that is removed ends at its next wait. */
final class Jobs implements Menu, AutoCloseable {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final int MOST = 100;

    private final SortedMap<Long, Job> running = new ConcurrentSkipListMap<>();
    private final AtomicLong next = new AtomicLong(1);
    private volatile boolean closed;

    private record Job(String script, String owner, LocalDateTime started, Thread thread) {}

    /** Begins one. Its errors reach nobody. */
    Value.Id begin(String script, String owner, Runnable work) throws ConsoleError {
        if (closed || running.size() >= MOST) throw new ConsoleError("failure: too many jobs");
        long id = next.getAndIncrement();
        var thread = Thread.ofVirtual().name("job-" + id).unstarted(() -> {
            try {
                work.run();
            } finally {
                running.remove(id);
            }
        });
        running.put(id, new Job(script, owner, LocalDateTime.now(ZoneId.systemDefault()), thread));
        thread.start();
        if (closed) thread.interrupt();
        return new Value.Id(id);
    }

    @Override
    public List<Property> properties() {
        return List.of(
                new Property("script", false, false),
                new Property("owner", false, false),
                new Property("type", false, false),
                new Property("started", false, false));
    }

    @Override
    public List<Item> items() {
        return running.entrySet().stream()
                .map(entry -> new Item(new Value.Id(entry.getKey()), row(entry.getValue())))
                .toList();
    }

    private static Map<String, Value> row(Job job) {
        var row = new LinkedHashMap<String, Value>();
        row.put("script", new Value.Text(job.script()));
        row.put("owner", new Value.Text(job.owner()));
        row.put("type", new Value.Text("command"));
        row.put("started", new Value.Text(LOCAL.format(job.started())));
        return row;
    }

    @Override
    public Look look(String property) {
        return property.equals("script") ? Look.BY_TYPE : Look.BARE;
    }

    @Override
    public Value.Id add(Map<String, Value> given) throws ConsoleError {
        throw new ConsoleError("failure: can not be added");
    }

    @Override
    public void set(Value.Id item, Map<String, Value> given) throws ConsoleError {
        throw new ConsoleError("failure: can not be changed");
    }

    @Override
    public void remove(Value.Id item) throws ConsoleError {
        var job = running.get(item.number());
        if (job == null) throw new ConsoleError("no such item");
        job.thread().interrupt();
    }

    @Override
    public Set<Policy> toChange() {
        return Set.of(Policy.WRITE);
    }

    /** Ends all of them, and waits for that. */
    @Override
    public void close() {
        closed = true;
        for (var job : List.copyOf(running.values())) {
            job.thread().interrupt();
            try {
                job.thread().join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
