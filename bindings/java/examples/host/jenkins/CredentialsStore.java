package io.awsfed.examples.host.jenkins;

/** Stands for CredentialsProvider and StandardUsernamePasswordCredentials of Jenkins' credentials plug-in. */
public interface CredentialsStore {
    /**
     * The user of an entry.
     *
     * @param id of the entry
     * @return null when there is no such entry
     */
    String user(String id);

    /**
     * The password of an entry.
     *
     * @param id of the entry
     * @return an array that is the caller's to wipe; null when there is no such entry
     */
    char[] password(String id);
}
