package io.srvlab.rdscsi.simulator.console;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The command tree: which words lead to which menu, and which commands a menu has. */
record Tree(Map<String, Menu> menus) {
    private static final Set<String> OF_TABLES = Set.of("add", "set", "remove", "find", "get", "print");
    private static final Set<String> OF_SETTINGS = Set.of("set", "get", "print");

    /** Whether {@code path} is a menu or leads to one. */
    boolean leadsOn(String path) {
        return menus.keySet().stream().anyMatch(menu -> (menu + "/").startsWith(path + "/"));
    }

    /** The menu in which {@code command} can be given at {@code path}, if there is one. */
    @Nullable
    Menu menuOf(String path, String command) {
        Menu menu = menus.get(path);
        if (menu == null) return null;
        Set<String> generic = menu.single() ? OF_SETTINGS : OF_TABLES;
        return generic.contains(command) || menu.verbs().containsKey(command) ? menu : null;
    }
}
