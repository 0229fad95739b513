package io.srvlab.rdscsi.server;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.srvlab.rdscsi.proto.csi.v1.CreateVolumeRequest;
import io.srvlab.rdscsi.proto.csi.v1.IdentityGrpc;
import io.srvlab.rdscsi.proto.csi.v1.ProbeRequest;
import io.srvlab.rdscsi.proto.csi.v1.ProbeResponse;
import io.srvlab.rdscsi.volume.Failed;
import io.srvlab.rdscsi.volume.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every RPC has, seen by a client on a unix socket. */
class RpcsTest {
    @TempDir
    private Path directory;

    @Test
    void aProblemBecomesItsCodeAndItsSentence() throws Exception {
        var problem = new Problem.ApplianceSilent("read disk item db-0", "ssh rds-csi@192.0.2.1:22", "no route");
        var status = statusOf(_ -> {
            throw new Failed(problem);
        });
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription()).isEqualTo(problem.sentence());
    }

    @Test
    void aMistakeOfOursEndsTheCallAsInternalAndTheServerGoesOn() throws Exception {
        var status = statusOf(_ -> {
            throw new IllegalStateException("a mistake");
        });
        assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
    }

    @Test
    void theHandlersDeadlineIsALittleBeforeTheCallersSoThatTheCallerHearsWhatHappened() throws Exception {
        var seen = new CompletableFuture<Deadline>();
        var callers = Deadline.after(20, SECONDS);
        assertThat(statusOf(callers, _ -> seen.complete(Context.current().getDeadline()))
                        .getCode())
                .isEqualTo(Status.Code.OK);
        assertThat(seen.get(10, SECONDS).isBefore(callers)).isTrue();
        assertThat(seen.get(10, SECONDS).isBefore(callers.offset(-1, SECONDS))).isFalse();
    }

    @Test
    void aCallWithoutADeadlineGets60Seconds() {
        assertThat(Rpcs.deadline(null).timeRemaining(SECONDS)).isBetween(58L, 60L);
        assertThat(Rpcs.deadline(Deadline.after(100, MILLISECONDS)).timeRemaining(MILLISECONDS))
                .isLessThan(100);
    }

    @Test
    void aRunningCallFinishesBeforeTheServerIsClosed() throws Exception {
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var server = server(_ -> {
            entered.countDown();
            try {
                leave.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (var channel = new CsiChannel(server.endpoint())) {
            var call = IdentityGrpc.newFutureStub(channel.channel()).probe(ProbeRequest.getDefaultInstance());
            assertThat(entered.await(10, SECONDS)).isTrue();
            var closing = Thread.ofVirtual().start(server::close);
            leave.countDown();
            assertThat(call.get(10, SECONDS).getReady().getValue()).isTrue();
            assertThat(closing.join(java.time.Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void secretsAreNeverInTheLog() {
        var request = CreateVolumeRequest.newBuilder()
                .setName("db-0")
                .putSecrets("password", "hunter2")
                .build();
        assertThat(RequestText.of(request)).contains("db-0").doesNotContain("hunter2", "password");
        var long1 = CreateVolumeRequest.newBuilder().setName("n".repeat(5_000)).build();
        assertThat(RequestText.of(long1)).hasSizeLessThan(1_100).doesNotContain("\n");
    }

    private Status statusOf(Consumer<ProbeRequest> handler) throws Exception {
        return statusOf(Deadline.after(20, SECONDS), handler);
    }

    private Status statusOf(Deadline deadline, Consumer<ProbeRequest> handler) throws Exception {
        try (var server = server(handler);
                var channel = new CsiChannel(server.endpoint())) {
            var _ = IdentityGrpc.newBlockingStub(channel.channel())
                    .withDeadline(deadline)
                    .probe(ProbeRequest.getDefaultInstance());
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    private CsiServer server(Consumer<ProbeRequest> handler) throws Exception {
        BindableService service = new IdentityGrpc.IdentityImplBase() {
            @Override
            public void probe(ProbeRequest request, StreamObserver<ProbeResponse> out) {
                handler.accept(request);
                out.onNext(ProbeResponse.newBuilder()
                        .setReady(com.google.protobuf.BoolValue.of(true))
                        .build());
                out.onCompleted();
            }
        };
        return CsiServer.start(new Endpoint(directory.resolve("s")), List.of(service), RpcListener.NONE);
    }
}
