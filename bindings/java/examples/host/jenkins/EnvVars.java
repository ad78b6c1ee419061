package io.awsfed.examples.host.jenkins;

import java.util.TreeMap;

/** Stands for hudson.EnvVars: variables by their names. */
public final class EnvVars extends TreeMap<String, String> {
    private static final long serialVersionUID = 1;
}
