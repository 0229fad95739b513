package io.srvlab.rdscsi.cli;

import io.srvlab.rdscsi.appliance.BasePath;
import io.srvlab.rdscsi.appliance.ClusterId;
import io.srvlab.rdscsi.server.Endpoint;
import io.srvlab.rdscsi.simulator.Latency;
import io.srvlab.rdscsi.simulator.Nvme;
import io.srvlab.rdscsi.volume.NodeName;
import io.srvlab.rdscsi.volume.VolumeId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Turns the text of an option into what it stands for; what does not fit is a usage error that says why. */
final class Converters {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m)");

    private Converters() {}

    static final class ToEndpoint implements ITypeConverter<Endpoint> {
        @Override
        public Endpoint convert(String text) {
            return converted(text, Endpoint::parse);
        }
    }

    static final class ToBasePath implements ITypeConverter<BasePath> {
        @Override
        public BasePath convert(String text) {
            return converted(text, BasePath::new);
        }
    }

    static final class ToClusterId implements ITypeConverter<ClusterId> {
        @Override
        public ClusterId convert(String text) {
            return converted(text, ClusterId::new);
        }
    }

    static final class ToNodeName implements ITypeConverter<NodeName> {
        @Override
        public NodeName convert(String text) {
            return converted(text, NodeName::new);
        }
    }

    static final class ToVolumeId implements ITypeConverter<VolumeId> {
        @Override
        public VolumeId convert(String text) {
            return converted(text, VolumeId::new);
        }
    }

    /** {@code 500ms}, {@code 5s}, {@code 2m}; {@code 0s} is allowed. */
    static final class ToDuration implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            var shape = DURATION.matcher(text);
            if (!shape.matches())
                throw new TypeConversionException("'" + text + "' is no duration such as 5s or 500ms");
            long number = Long.parseLong(shape.group(1));
            return switch (shape.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
        }
    }

    static final class ToLatency implements ITypeConverter<Latency> {
        @Override
        public Latency convert(String text) {
            return converted(text, Latency::parse);
        }
    }

    /** {@code HOST:PORT}; port 0 takes any free one. */
    static final class ToSocketAddress implements ITypeConverter<InetSocketAddress> {
        @Override
        public InetSocketAddress convert(String text) {
            int colon = text.lastIndexOf(':');
            if (colon < 1) throw new TypeConversionException("'" + text + "' is no HOST:PORT");
            return converted(
                    text,
                    whole -> new InetSocketAddress(
                            whole.substring(0, colon).replaceAll("[\\[\\]]", ""),
                            Integer.parseInt(whole.substring(colon + 1))));
        }
    }

    /** {@code HOST:PORT}: from user space; {@code kernel} or {@code kernel@HOST:PORT}: by the kernel. */
    static final class ToNvme implements ITypeConverter<Nvme> {
        private static final String KERNEL = "kernel";

        @Override
        public Nvme convert(String text) {
            var address = new ToSocketAddress();
            if (text.equals(KERNEL)) return new Nvme.Kernel(address.convert("0.0.0.0:4420"));
            return text.startsWith(KERNEL + "@")
                    ? new Nvme.Kernel(address.convert(text.substring(KERNEL.length() + 1)))
                    : new Nvme.UserSpace(address.convert(text));
        }
    }

    private static <T> T converted(String text, Function<String, T> constructor) {
        try {
            return constructor.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
