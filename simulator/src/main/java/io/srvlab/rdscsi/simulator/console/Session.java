package io.srvlab.rdscsi.simulator.console;

/** What all evaluators of one session share. */
record Session(Tree tree, Host host, Jobs jobs, Console.User user) {}
