package io.srvlab.rdscsi.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A command line that can be read and makes no sense. */
final class Usage {
    private Usage() {}

    static ParameterException error(CommandSpec command, String why) {
        return new ParameterException(command.commandLine(), why);
    }
}
