package io.awsfed.examples;

import io.awsfed.examples.host.bamboo.BambooUser;
import io.awsfed.examples.host.bamboo.BuildLogger;
import io.awsfed.examples.host.bamboo.CommonContext;
import io.awsfed.examples.host.bamboo.CommonTaskContext;
import io.awsfed.examples.host.bamboo.LogMutator;
import io.awsfed.examples.host.bamboo.ProcessService;
import io.awsfed.examples.host.bamboo.VariableContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** One job of an agent: its variables, its log, its processes. It masks nothing by itself. */
final class FakeBamboo implements CommonContext, CommonTaskContext, VariableContext, BuildLogger, ProcessService {
    final Map<String, String> variables = new ConcurrentHashMap<>();
    final Map<String, String> fields = new HashMap<>();
    final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final List<LogMutator> mutators = new CopyOnWriteArrayList<>();
    private BambooUser user;
    private String resultKey = "WEB-MAIN-JOB1-17";

    FakeBamboo field(String name, String value) {
        fields.put(name, value);
        return this;
    }

    FakeBamboo variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    FakeBamboo startedBy(String name, String... groups) {
        user = user(name, groups);
        return this;
    }

    FakeBamboo job(String key) {
        resultKey = key;
        return this;
    }

    static BambooUser user(String name, String... groups) {
        return new BambooUser() {
            @Override
            public String getName() {
                return name;
            }

            @Override
            public Collection<String> getGroups() {
                return List.of(groups);
            }
        };
    }

    /** All of the log, as somebody may read it. */
    synchronized String log() {
        return String.join("\n", lines);
    }

    boolean isFiltered() {
        return !mutators.isEmpty();
    }

    // ---- the job -------------------------------------------------------------------------------------

    @Override
    public String getPlanKey() {
        return "WEB-MAIN";
    }

    @Override
    public int getBuildNumber() {
        return 17;
    }

    @Override
    public String getResultKey() {
        return resultKey;
    }

    @Override
    public Optional<BambooUser> getTriggeringUser() {
        return Optional.ofNullable(user);
    }

    @Override
    public VariableContext getVariableContext() {
        return this;
    }

    @Override
    public Map<String, String> getConfigurationMap() {
        return Map.copyOf(fields); // the next task has its own
    }

    @Override
    public CommonContext getCommonContext() {
        return this;
    }

    @Override
    public BuildLogger getBuildLogger() {
        return this;
    }

    // ---- its variables -------------------------------------------------------------------------------

    @Override
    public Optional<String> getValue(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    @Override
    public void addLocalVariable(String name, String value) {
        variables.put(name, value);
    }

    @Override
    public void addResultVariable(String name, String value) {
        throw new AssertionError("the result would keep the variable " + name);
    }

    // ---- its log -------------------------------------------------------------------------------------

    @Override
    public void addBuildLogEntry(String line) {
        String shown = line;
        for (LogMutator mutator : mutators) {
            shown = mutator.mutate(shown);
        }
        synchronized (this) {
            lines.add(shown);
        }
    }

    @Override
    public void addErrorLogEntry(String line) {
        errors.add(line);
        addBuildLogEntry(line);
    }

    @Override
    public void addMutator(LogMutator mutator) {
        mutators.add(mutator);
    }

    @Override
    public void removeMutator(LogMutator mutator) {
        mutators.remove(mutator);
    }

    // ---- its processes -------------------------------------------------------------------------------

    @Override
    public int execute(CommonTaskContext task, List<String> command, Consumer<Map<String, String>> environment)
            throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        environment.accept(builder.environment());
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            Thread reader = new Thread(() -> read(process));
            reader.start();
            try {
                int status = process.waitFor();
                reader.join();
                return status;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void read(Process process) {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            output.lines().forEach(this::addBuildLogEntry);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
