package io.srvlab.rdscsi.simulator.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What can be done in a configfs tree. A directory that is made has its attributes at once, and may have directories too. */
interface Configfs {
    boolean exists(Path path);

    /** The names in a directory, in order. */
    List<String> names(Path directory) throws IOException;

    /** Fails with {@link java.nio.file.FileAlreadyExistsException} if it is there. */
    void make(Path directory) throws IOException;

    /** Fails also if something that somebody made is in it, or links to it. */
    void remove(Path directory) throws IOException;

    void set(Path attribute, String value) throws IOException;

    void link(Path link, Path to) throws IOException;

    void unlink(Path link) throws IOException;
}
