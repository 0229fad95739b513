package io.srvlab.rdscsi.simulator.user;

import io.srvlab.rdscsi.simulator.console.ConsoleError;
import io.srvlab.rdscsi.simulator.console.Menu;
import io.srvlab.rdscsi.simulator.console.Policy;
import io.srvlab.rdscsi.simulator.console.Value;
import io.srvlab.rdscsi.simulator.user.Users.Group;
import io.srvlab.rdscsi.simulator.user.Users.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** {@code /user/group}: {@code policy=} lists what its users may do; {@code print} shows the others with a {@code !}. */
record GroupMenu(Users users) implements Menu {
    @Override
    public List<Property> properties() {
        return List.of(new Property("name", true, true), new Property("policy", true, false));
    }

    @Override
    public List<Item> items() {
        return users.state().groups().stream().map(GroupMenu::item).toList();
    }

    private static Item item(Group group) {
        var words = new ArrayList<String>();
        for (var policy : Policy.values()) {
            words.add(group.policies().contains(policy.word()) ? policy.word() : "!" + policy.word());
        }
        var row = new LinkedHashMap<String, Value>();
        row.put("name", new Value.Text(group.name()));
        row.put("policy", new Value.Text(String.join(",", words)));
        return new Item(new Value.Id(group.id()), row);
    }

    @Override
    public Look look(String property) {
        return property.equals("policy") ? Look.BARE : Look.BY_TYPE;
    }

    @Override
    public Set<Policy> toChange() {
        return Set.of(Policy.WRITE, Policy.POLICY);
    }

    @Override
    public Value.Id add(Map<String, Value> given) throws ConsoleError {
        synchronized (users) {
            var old = users.state();
            var group = changed(new Group(old.nextId(), "", Set.of()), given);
            if (old.groups().stream().anyMatch(other -> other.name().equals(group.name())))
                throw new ConsoleError("failure: group with the same name already exists");
            var all = new ArrayList<>(old.groups());
            all.add(group);
            users.become(new State(old.nextId() + 1, old.users(), all));
            return new Value.Id(group.id());
        }
    }

    @Override
    public void set(Value.Id item, Map<String, Value> given) throws ConsoleError {
        synchronized (users) {
            var old = users.state();
            var all = new ArrayList<Group>();
            for (var group : old.groups()) all.add(group.id() == item.number() ? changed(group, given) : group);
            users.become(new State(old.nextId(), old.users(), all));
        }
    }

    @Override
    public void remove(Value.Id item) throws ConsoleError {
        synchronized (users) {
            var old = users.state();
            var left = new ArrayList<Group>();
            for (var group : old.groups()) {
                boolean gone = group.id() == item.number();
                if (gone && old.users().stream().anyMatch(user -> user.group().equals(group.name())))
                    throw new ConsoleError("failure: group is in use");
                if (!gone) left.add(group);
            }
            users.become(new State(old.nextId(), old.users(), left));
        }
    }

    private static Group changed(Group group, Map<String, Value> given) throws ConsoleError {
        var name = UserMenu.text(given, "name", group.name());
        if (!given.containsKey("policy")) return new Group(group.id(), name, group.policies());
        var policies = Users.policies(UserMenu.text(given, "policy", ""));
        for (var word : new TreeSet<>(policies)) {
            if (Policy.of(word).isEmpty()) throw new ConsoleError("input does not match any value of policy");
        }
        return new Group(group.id(), name, policies);
    }
}
