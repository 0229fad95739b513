package io.srvlab.rdscsi.simulator.user;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.srvlab.rdscsi.simulator.console.Console;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The users and their groups. Each change is in the file before the call that made it returns. */
public final class Users {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<Policy> READING = EnumSet.of(
            Policy.SSH, Policy.READ, Policy.TEST, Policy.REBOOT, Policy.SENSITIVE, Policy.API, Policy.REST_API);

    /** One who may log in; the id never comes back. */
    record User(long id, String name, String group, String password) {}

    /** What its users may do, in the words of {@link Policy}. */
    record Group(long id, String name, Set<String> policies) {}

    /** All of it, as the file has it. */
    record State(long nextId, List<User> users, List<Group> groups) {}

    private final Path file;
    private State state;

    /** Those of this file; if there is none, the groups that RouterOS has, and one user in {@code full}, without a password. */
    public Users(Path file, String first) throws IOException {
        this.file = file;
        state = Files.exists(file) ? JSON.readValue(file.toFile(), State.class) : begin(first);
    }

    private static State begin(String first) {
        var writing = EnumSet.copyOf(READING);
        writing.add(Policy.WRITE);
        return new State(
                5,
                List.of(new User(4, first, "full", "")),
                List.of(
                        new Group(1, "read", words(READING)),
                        new Group(2, "write", words(writing)),
                        new Group(3, "full", words(EnumSet.allOf(Policy.class)))));
    }

    private static Set<String> words(Set<Policy> policies) {
        return policies.stream().map(Policy::word).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether there is such a user who may come in this way. */
    public boolean mayEnter(String name, Policy way) {
        return user(name).policies().contains(way);
    }

    /** Whether this is the user's password; nobody's is empty. */
    public synchronized boolean hasPassword(String name, String password) {
        return !password.isEmpty()
                && state.users().stream()
                        .anyMatch(user ->
                                user.name().equals(name) && user.password().equals(password));
    }

    /** What a user may do now; one who is not there may do nothing. */
    public synchronized Console.User user(String name) {
        var policies = state.users().stream()
                .filter(user -> user.name().equals(name))
                .flatMap(user ->
                        state.groups().stream().filter(group -> group.name().equals(user.group())))
                .flatMap(group -> group.policies().stream())
                .flatMap(word -> Policy.of(word).stream())
                .collect(Collectors.toSet());
        return new Console.User(name, policies);
    }

    /** Makes a user with a group of their own name that has these policies, or changes both to be so. */
    public synchronized void put(String name, String password, Set<Policy> policies) {
        long id = state.nextId();
        become(new State(
                id + 2,
                with(
                        state.users(),
                        new User(id, name, name, password),
                        user -> user.name().equals(name)),
                with(
                        state.groups(),
                        new Group(id + 1, name, words(policies)),
                        group -> group.name().equals(name))));
    }

    private static <T> List<T> with(List<T> all, T one, Predicate<T> isOld) {
        return Stream.concat(all.stream().filter(isOld.negate()), Stream.of(one))
                .toList();
    }

    /** The menus, by path. */
    public Map<String, Menu> menus() {
        return Map.of("user", new UserMenu(this), "user/group", new GroupMenu(this));
    }

    synchronized State state() {
        return state;
    }

    synchronized void become(State next) {
        try {
            var written = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(written, JSON.writeValueAsString(next));
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            state = next;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words of {@code policy=}; one that begins with {@code !} is left out. */
    static Set<String> policies(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty() && !word.startsWith("!"))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
