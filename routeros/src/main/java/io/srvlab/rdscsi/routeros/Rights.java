package io.srvlab.rdscsi.routeros;

import java.util.SortedSet;

/**
 * What a script needs of its user's group.
 *
 * @param policies for this script; what the way in needs is not among them
 * @param grant the RouterOS line that gives the group all that this driver ever needs, on this way in
 */
record Rights(SortedSet<String> policies, String grant) {
    static Rights of(Script script, String user, String wayIn) {
        return new Rights(
                script.policies(),
                "/user/group/set [/user/get [find where name=%s] group] policy=%s,read,write,test"
                        .formatted(Quoting.quote(user), wayIn));
    }
}
