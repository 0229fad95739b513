package io.srvlab.rdscsi.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What an option is where the command line does not say it: an environment variable, then a line of the configuration file. */
final class Settings implements IDefaultValueProvider {
    private static final String CONFIG = "--config";
    private static final String PREFIX = "RDS_CSI_";

    private final Map<String, String> environment;
    private final Properties file;

    private Settings(Map<String, String> environment, Properties file) {
        this.environment = environment;
        this.file = file;
    }

    /**
     * The settings for a command line.
     *
     * @throws Precondition if the configuration file that it or the environment names cannot be read
     */
    static Settings of(String[] arguments, Map<String, String> environment) throws Precondition {
        var named = configFile(arguments);
        return new Settings(environment, read(named == null ? environment.get(PREFIX + "CONFIG") : named));
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || !option.longestName().startsWith("--")) return null;
        var name = option.longestName().substring(2);
        var value = environment.get(PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_'));
        // Null means: whatever default the option itself declares.
        return value == null ? file.getProperty(name) : value;
    }

    private static @Nullable String configFile(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].startsWith(CONFIG + "=")) return arguments[i].substring(CONFIG.length() + 1);
            if (arguments[i].equals(CONFIG) && i + 1 < arguments.length) return arguments[i + 1];
        }
        return null;
    }

    private static Properties read(@Nullable String file) throws Precondition {
        var properties = new Properties();
        if (file == null) return properties;
        try (var reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
            properties.load(reader);
            return properties;
        } catch (IOException e) {
            throw new Precondition("The configuration file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
