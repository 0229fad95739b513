package io.srvlab.rdscsi.simulator.ssh;

import java.io.IOException;
import java.util.List;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.RequestHandler.Result;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;

/** A session channel on which one exec is all there is: terminals, shells, subsystems and forwarding are refused. */
final class ExecChannel extends ChannelSession {
    private ExecChannel() {
        super(List.of());
    }

    static ChannelFactory factory() {
        return new ChannelFactory() {
            @Override
            public String getName() {
                return "session";
            }

            @Override
            public Channel createChannel(Session session) {
                return new ExecChannel();
            }
        };
    }

    @Override
    protected Result handleInternalRequest(String request, boolean wantReply, Buffer buffer) throws IOException {
        return switch (request) {
            case "exec", "env", "signal", "eow@openssh.com" -> super.handleInternalRequest(request, wantReply, buffer);
            default -> Result.ReplyFailure;
        };
    }
}
