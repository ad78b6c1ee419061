package io.awsfed.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** An administrator's config file with connectors to awsfed-sandbox, and what the sandbox has heard. */
final class Place implements AutoCloseable {
    // Of the sandbox's own configuration: worth nothing.
    static final String ALICE = "alice@corp.example";
    static final String PASSWORD = "Correct-Horse-7";
    static final String ID = "6f1c1a1e-6d0b-4d0e-9a53-2f0a4f1f7f11";
    static final String ROLE = "arn:aws:iam::123456789012:role/build";

    final Path folder;
    final Path config;
    private final StringBuilder sections = new StringBuilder();

    Place() {
        try {
            folder = Files.createTempDirectory("awsfed-examples-");
            config = Files.createFile(folder.resolve("config"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(folder.resolve("key"), "sandbox/secret/access/key/of/no/worth/00");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        connector("deploy", "id = " + ID, adfs());
    }

    static String told(String name) {
        return System.getProperty("awsfed.test." + name);
    }

    /** Where the sandbox is. */
    static String adfs() {
        return "idp = adfs\nidp_url = " + told("idp") + "\nsts_endpoint = " + told("sts") + "\nca_file = " + told("ca")
                + "\nregion = eu-central-1\nrole_arn = " + ROLE;
    }

    /** AssumeRole with long-term keys at an STS. */
    String keys(String endpoint) {
        return "sts_action = assume-role\nrole_arn = arn:aws:iam::123456789012:role/deploy\nregion = eu-central-1\n"
                + "access_key_id = AKIASANDBOXEXAMPLE00\nsecret_access_key = file:" + folder.resolve("key") + "\nca_file = "
                + told("ca") + "\nsts_endpoint = " + endpoint;
    }

    /** Adds one to the file. */
    Place connector(String name, String... settings) {
        sections.append("[connector ").append(name).append("]\n").append(String.join("\n", settings)).append("\n\n");
        try {
            Files.writeString(config, sections);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return this;
    }

    /** The sandbox's log: a line for each request. */
    static String heard() {
        try {
            return Files.readString(Path.of(told("log")));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** How many passwords the sandbox was sent. */
    static long posts() {
        return heard().lines().filter(line -> line.contains(" idp POST /adfs/ls")).count();
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
