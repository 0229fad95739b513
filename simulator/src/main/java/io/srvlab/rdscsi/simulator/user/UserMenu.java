package io.srvlab.rdscsi.simulator.user;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.console.Value;
import io.srvlab.rdscsi.simulator.user.Users.State;
import io.srvlab.rdscsi.simulator.user.Users.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /user}. A password goes in and never comes out. */
record UserMenu(Users users) implements Menu {
    @Override
    public List<Property> properties() {
        return List.of(
                new Property("name", true, true),
                new Property("group", true, true),
                new Property("password", true, false));
    }

    @Override
    public List<Item> items() {
        return users.state().users().stream().map(UserMenu::item).toList();
    }

    private static Item item(User user) {
        var row = new LinkedHashMap<String, Value>();
        row.put("name", new Value.Text(user.name()));
        row.put("group", new Value.Text(user.group()));
        return new Item(new Value.Id(user.id()), row);
    }

    @Override
    public String flagsTitle() {
        return "Flags: X - disabled";
    }

    @Override
    public Set<Policy> toChange() {
        return Set.of(Policy.WRITE, Policy.POLICY);
    }

    @Override
    public Value.Id add(Map<String, Value> given) throws ConsoleError {
        synchronized (users) {
            var old = users.state();
            var user = changed(new User(old.nextId(), "", "", ""), given);
            if (old.users().stream().anyMatch(other -> other.name().equals(user.name())))
                throw new ConsoleError("failure: user with the same name already exists");
            var all = new ArrayList<>(old.users());
            all.add(user);
            users.become(new State(old.nextId() + 1, all, old.groups()));
            return new Value.Id(user.id());
        }
    }

    @Override
    public void set(Value.Id item, Map<String, Value> given) throws ConsoleError {
        synchronized (users) {
            var old = users.state();
            var all = new ArrayList<User>();
            for (var user : old.users()) all.add(user.id() == item.number() ? changed(user, given) : user);
            users.become(new State(old.nextId(), all, old.groups()));
        }
    }

    @Override
    public void remove(Value.Id item) {
        synchronized (users) {
            var old = users.state();
            var left = old.users().stream()
                    .filter(user -> user.id() != item.number())
                    .toList();
            users.become(new State(old.nextId(), left, old.groups()));
        }
    }

    private User changed(User user, Map<String, Value> given) throws ConsoleError {
        var group = text(given, "group", user.group());
        if (users.state().groups().stream().noneMatch(known -> known.name().equals(group)))
            throw new ConsoleError("input does not match any value of group");
        return new User(user.id(), text(given, "name", user.name()), group, text(given, "password", user.password()));
    }

    static String text(Map<String, Value> given, String name, String otherwise) throws ConsoleError {
        return switch (given.get(name)) {
            case null -> otherwise;
            case Value.Text(var text) -> text;
            case Value.Num(long number) -> Long.toString(number);
            default -> throw new ConsoleError("invalid value for argument " + name);
        };
    }
}
