package io.awsfed.examples.host.bamboo;

import java.util.Collection;

/** Stands for Bamboo's BambooUser: somebody whom the server has authenticated. */
public interface BambooUser {
    /**
     * The name in the server's directory.
     *
     * @return never empty
     */
    String getName();

    /**
     * The groups in the server's directory.
     *
     * @return may be empty
     */
    Collection<String> getGroups();
}
